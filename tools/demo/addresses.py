"""What a reader needs to go on with a running demo: addresses, the environment of own code, decoding."""

import shlex
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tools.local_stack import temporal_server
from tools.local_stack.stack import LocalStack
from tools.temporal_ui.app import payments_url


class Addresses:
    """Prints the addresses of one stack."""

    def __init__(self, out: Console, stack: LocalStack) -> None:
        self._out = out
        self._stack = stack

    def print_all(self, example: str | None) -> None:
        """Prints everything; `example` is the workflow id of a payment."""
        ports = self._stack.ports
        shown = {
            "pay by hand": ports.url("checkout"),
            "all payments": payments_url(ports),
            "one payment": temporal_server.workflow_url(ports, example) if example else None,
            "the gateway's ledger": f"{ports.url('simulator')}/ledger",
            "logs": str(self._stack.folder.logs),
        }
        self._out.print()
        for name, address in shown.items():
            if address is not None:
                self._print(f"{name:<22}{address}")
        self._print_merchant_environment()

    def print_decoding(self, workflow: str) -> None:
        """Prints how an authorized person sees payments in plain text, which Temporal holds encrypted."""
        stack = self._stack
        endpoint = stack.ports.url("codec")
        command = temporal_server.show_command(stack.ports, workflow, endpoint, stack.codec_token)
        self._print("\nTemporal holds only ciphertext. To see payments in plain text in its UI, sign in with")
        self._print(f"the token {stack.codec_token}")
        self._print(f"at {endpoint}/sign-in and follow the steps there. On the command line:")
        self._print(command)

    def _print_merchant_environment(self) -> None:
        self._print(
            "\nTo pay from your own code or with `holdfast`, give a shell the programs, addresses and keys of"
        )
        self._print("this run. docs/guide.md and docs/cli.md show what to do then:")
        for file in (Path(sys.prefix) / "bin" / "activate", self._stack.folder.merchant_environment):
            if file.exists():
                self._print(f"source {shlex.quote(_as_typed(file))}")

    def _print(self, line: str) -> None:
        self._out.print(Text(line), soft_wrap=True)


def _as_typed(file: Path) -> str:
    """Returns a path as a reader in the working directory types it."""
    here = Path.cwd()
    return str(file.relative_to(here) if file.is_relative_to(here) else file)
