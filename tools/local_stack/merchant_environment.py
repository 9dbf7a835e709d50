"""The file that gives a merchant's own program, in a shell, the addresses and keys of a running stack."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from holdfast.settings.names import CARD_VAULT, CARD_VAULT_KEYS
from holdfast.temporal.codec import CODEC_KEYS
from tools.local_stack import temporal_server
from tools.local_stack.stack import LocalStack

SIMULATOR_URL, SHOP_URL = "HOLDFAST_SIMULATOR_URL", "HOLDFAST_SHOP_URL"
CODEC_ENDPOINT, CODEC_AUTH = "TEMPORAL_CODEC_ENDPOINT", "TEMPORAL_CODEC_AUTH"
ENCRYPTION = (CODEC_KEYS, CODEC_ENDPOINT, CODEC_AUTH)
"""The key for programs, and the codec server with its token for the `temporal` command line."""


def merchant_environment(stack: LocalStack) -> dict[str, str]:
    """Returns what a merchant's program needs to make payments with this stack, by variable."""
    return {
        "TEMPORAL_ADDRESS": stack.ports.temporal_address,
        "TEMPORAL_NAMESPACE": temporal_server.NAMESPACE,
        **_encryption(stack),
        CARD_VAULT: f"sqlite:///{stack.folder.cards}",
        CARD_VAULT_KEYS: stack.vault_keys,
        SIMULATOR_URL: stack.ports.url("simulator"),
        SHOP_URL: stack.ports.url("checkout"),
    }


def _encryption(stack: LocalStack) -> dict[str, str]:
    if stack.codec_keys is None:
        return {}
    values = (stack.codec_keys, stack.ports.url("codec"), f"Bearer {stack.codec_token}")
    return dict(zip(ENCRYPTION, values, strict=True))


@contextmanager
def written(file: Path, variables: Mapping[str, str]) -> Iterator[None]:
    """Writes the file for its owner alone, and removes it at the end of the block."""
    _write(file, shell_lines(variables))
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def shell_lines(variables: Mapping[str, str]) -> str:
    """Returns lines for a shell's `source`.

    Without encryption the file unsets what a shell has from an encrypted run: a merchant's program would
    encrypt what this run's worker cannot read.
    """
    quoted = {name: value.replace("'", "'\\''") for name, value in variables.items()}
    lines = [f"export {name}='{value}'" for name, value in quoted.items()]
    lines += [f"unset {name}" for name in ENCRYPTION if name not in variables]
    return "".join(f"{line}\n" for line in lines)


def _write(file: Path, text: str) -> None:
    """Replaces the file atomically, so that no shell reads a half of it."""
    descriptor, new = tempfile.mkstemp(
        prefix=f".{file.name}.", dir=file.parent
    )  # readable by its owner alone
    with os.fdopen(descriptor, "w") as output:
        output.write(text)
    os.replace(new, file)
