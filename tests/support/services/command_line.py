"""The `temporal` command, as an operator types it."""

import asyncio

from temporalio.client import Client

from tools.local_stack.temporal_server import PROGRAM


async def temporal(client: Client, *arguments: str) -> str:
    """What it prints. Raises AssertionError with what it says where it fails."""
    address, namespace = client.service_client.config.target_host, client.namespace
    process = await asyncio.create_subprocess_exec(
        PROGRAM,
        *arguments,
        env={"TEMPORAL_ADDRESS": address, "TEMPORAL_NAMESPACE": namespace, "HOME": "/nonexistent"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()
