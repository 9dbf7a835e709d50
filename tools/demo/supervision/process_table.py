"""The table of the processes: their ids, and what a reader sees who kills one."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from tools.local_stack.processes import Process
from tools.local_stack.stack import CODEC_SERVER, SIMULATOR, TEMPORAL

AFTER_KILL = {
    "worker": "A new worker continues every payment where it was.",
    "webhook": "The gateway sends again what the webhook has not acknowledged.",
    TEMPORAL: "Every payment is in its database; worker and webhook connect again.",
    CODEC_SERVER: "The Temporal UI shows ciphertext until it is back.",
    SIMULATOR: "The demo ends, because the gateway's ledger is in memory alone.",
}
"""What happens after `kill -9`, by the name of the process."""


def process_table(processes: Sequence[Process]) -> Table:
    """Returns a table with one row for each process."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("process", no_wrap=True)
    table.add_column("process id", no_wrap=True, justify="right")
    table.add_column("after kill -9")
    for process in processes:
        pid = Text(str(process.pid), style="bold")
        table.add_row(Text(process.name), pid, Text(AFTER_KILL[process.name], style="dim"))
    return table


def display_name(process: Process) -> str:
    """Returns the name of a process inside a sentence."""
    return "Temporal" if process.name == TEMPORAL else f"the {process.name.replace('_', ' ')}"


def kill_command(process: Process) -> str:
    """Returns the command that ends the process as a power failure would."""
    return f"kill -9 {process.pid}"
