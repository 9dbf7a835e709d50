"""`rediss://`: the server must prove who it is, and nothing is sent to one that does not."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from holdfast.card_vault import CardVault, VaultUnavailable, open_vault
from tests.support.antom.certificates import self_signed_context
from tests.support.card_vault.cards import CARD, KEY_A, keys
from tests.support.card_vault.valkey_server import ValkeyServer


@asynccontextmanager
async def behind_tls(server: ValkeyServer, context: ssl.SSLContext) -> AsyncIterator[int]:
    """A port that ends TLS for the server, as a proxy in front of it does."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_server, from_server = await asyncio.open_connection("127.0.0.1", server.port)
        await asyncio.gather(passed_on(reader, from_server), passed_on(to_server, writer))

    listener = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with listener:
        yield listener.sockets[0].getsockname()[1]


async def passed_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with closing(writer):
        while data := await reader.read(4096):
            writer.write(data)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[CardVault]:
    vault = open_vault(url, keys(KEY_A))
    try:
        yield vault
    finally:
        await vault.close()


async def refused(url: str, server: ValkeyServer, why: str = "ConnectionError") -> None:
    async with opened(url) as vault:
        with pytest.raises(VaultUnavailable, match=why):
            await vault.put(CARD)
    assert server.client.dbsize() == 0


async def test_a_server_that_an_authority_of_ones_own_vouches_for(
    server: ValkeyServer, tmp_path: Path
) -> None:
    context = self_signed_context(tmp_path)
    async with (
        behind_tls(server, context) as port,
        opened(f"rediss://127.0.0.1:{port}?ssl_ca_certs={tmp_path}/server.pem") as vault,
    ):
        assert await vault.get(await vault.put(CARD)) == CARD


async def test_a_server_that_asks_who_calls(server: ValkeyServer, tmp_path: Path) -> None:
    context, file = self_signed_context(tmp_path), tmp_path / "server.pem"
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(file)
    async with behind_tls(server, context) as port:
        url = f"rediss://127.0.0.1:{port}?ssl_ca_certs={file}"
        await refused(url, server)
        async with opened(f"{url}&ssl_certfile={file}&ssl_keyfile={file}") as vault:
            assert await vault.get(await vault.put(CARD)) == CARD


async def test_a_server_nobody_vouches_for_gets_nothing(server: ValkeyServer, tmp_path: Path) -> None:
    async with behind_tls(server, self_signed_context(tmp_path)) as port:
        await refused(f"rediss://127.0.0.1:{port}", server)


async def test_a_server_of_another_name_gets_nothing(server: ValkeyServer, tmp_path: Path) -> None:
    async with behind_tls(server, self_signed_context(tmp_path, "192.0.2.1")) as port:
        await refused(f"rediss://127.0.0.1:{port}?ssl_ca_certs={tmp_path}/server.pem", server)


async def test_a_server_without_tls_gets_nothing(server: ValkeyServer) -> None:
    await refused(server.url.replace("redis:", "rediss:"), server, "TimeoutError")
