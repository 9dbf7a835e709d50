"""`rediss://` URLs: the server is authenticated before any data is sent to it."""

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
async def tls_proxy(server: ValkeyServer, context: ssl.SSLContext) -> AsyncIterator[int]:
    """Yields the port of a proxy that terminates TLS in front of the server."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_server, from_server = await asyncio.open_connection("127.0.0.1", server.port)
        await asyncio.gather(forward(reader, from_server), forward(to_server, writer))

    listener = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with listener:
        yield listener.sockets[0].getsockname()[1]


async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with closing(writer):
        while data := await reader.read(4096):
            writer.write(data)


@asynccontextmanager
async def vault_at(url: str) -> AsyncIterator[CardVault]:
    vault = open_vault(url, keys(KEY_A))
    try:
        yield vault
    finally:
        await vault.close()


async def assert_refused(url: str, server: ValkeyServer, error: str = "ConnectionError") -> None:
    async with vault_at(url) as vault:
        with pytest.raises(VaultUnavailable, match=error):
            await vault.put(CARD)
    assert server.client.dbsize() == 0


async def test_server_with_a_private_certificate_authority_is_accepted(
    server: ValkeyServer, tmp_path: Path
) -> None:
    context = self_signed_context(tmp_path)
    async with (
        tls_proxy(server, context) as port,
        vault_at(f"rediss://127.0.0.1:{port}?ssl_ca_certs={tmp_path}/server.pem") as vault,
    ):
        assert await vault.get(await vault.put(CARD)) == CARD


async def test_client_certificate_is_sent_when_the_server_requires_it(
    server: ValkeyServer, tmp_path: Path
) -> None:
    context, file = self_signed_context(tmp_path), tmp_path / "server.pem"
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(file)
    async with tls_proxy(server, context) as port:
        url = f"rediss://127.0.0.1:{port}?ssl_ca_certs={file}"
        await assert_refused(url, server)
        async with vault_at(f"{url}&ssl_certfile={file}&ssl_keyfile={file}") as vault:
            assert await vault.get(await vault.put(CARD)) == CARD


async def test_untrusted_server_receives_no_data(server: ValkeyServer, tmp_path: Path) -> None:
    async with tls_proxy(server, self_signed_context(tmp_path)) as port:
        await assert_refused(f"rediss://127.0.0.1:{port}", server)


async def test_server_with_another_name_receives_no_data(server: ValkeyServer, tmp_path: Path) -> None:
    async with tls_proxy(server, self_signed_context(tmp_path, "192.0.2.1")) as port:
        await assert_refused(f"rediss://127.0.0.1:{port}?ssl_ca_certs={tmp_path}/server.pem", server)


async def test_server_without_tls_receives_no_data(server: ValkeyServer) -> None:
    await assert_refused(server.url.replace("redis:", "rediss:"), server, "TimeoutError")
