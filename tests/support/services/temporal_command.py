"""Runs the `temporal` command as an operator does."""

import asyncio

from temporalio.client import Client

from tools.local_stack.temporal_server import PROGRAM


async def temporal_command(client: Client, *arguments: str) -> str:
    """Returns the output of the command. Raises AssertionError with its output when it fails."""
    address, namespace = client.service_client.config.target_host, client.namespace
    process = await asyncio.create_subprocess_exec(
        PROGRAM,
        *arguments,
        env={"TEMPORAL_ADDRESS": address, "TEMPORAL_NAMESPACE": namespace, "HOME": "/nonexistent"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return output.decode()
