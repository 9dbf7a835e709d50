"""After the scenarios: starts a process again that ends, and says what happened to the open payments."""

import asyncio
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx
from rich.console import Console
from rich.text import Text

from holdfast import HoldfastError
from tools.demo.results_table import money
from tools.demo.shop import Shop
from tools.demo.supervision import experiment as experiments
from tools.demo.supervision.experiment import Experiment
from tools.demo.supervision.open_payments import Observed, OpenPayments
from tools.demo.supervision.payments_table import payments_table
from tools.demo.supervision.process_table import display_name, kill_command, process_table
from tools.demo.supervision.restarts import Restarts
from tools.local_stack.first_ended import first_ended
from tools.local_stack.processes import Process, ProcessFailed
from tools.local_stack.stack import SIMULATOR, LocalStack
from tools.local_stack.waiting import until

LISTED_WITHIN = 60.0
POLL_INTERVAL = 0.05
"""Seconds."""


@dataclass(frozen=True)
class Ended:
    """Processes that ended at one time, and the payments that were open then."""

    names: str
    before: Observed
    restarted: asyncio.Event = field(default_factory=asyncio.Event)


class Supervisor:
    """Runs until a signal. `all_as_expected` is False once a payment is not where it should be."""

    def __init__(self, out: Console, stack: LocalStack, shop: Shop, *, has_experiments: bool) -> None:
        self._out = out
        self._stack = stack
        self._shop = shop
        self._has_experiments = has_experiments
        self._processes = list(stack.processes.values())
        self._restarts = Restarts(self._processes)
        self._open = OpenPayments(stack.client, stack.payments, stack.gateway)
        self._ends: asyncio.Queue[Ended] = asyncio.Queue()
        self.all_as_expected = True

    async def run(self) -> None:
        """Supervises the processes. Raises ProcessFailed when one cannot be started again."""
        await first_ended(self._open.keep_reading(), self._keep_restarting(), self._keep_reporting())

    async def _keep_restarting(self) -> None:
        while True:
            processes = await self._restarts.until_one_has_ended()
            self._refuse_without_ledger(processes)
            for process in processes:
                self._print(f"\n{_ending(process)}. It is started again ...")
            names = " and ".join(display_name(process) for process in processes)
            ended = Ended(names, dict(self._open.latest))
            self._ends.put_nowait(ended)
            await self._restarts.restart(processes)
            for process in processes:
                self._print(f"{process.name} is back with the same settings and ports: process {process.pid}")
            ended.restarted.set()

    async def _keep_reporting(self) -> None:
        number, experiment = 0, None
        self._print_processes()
        if not self._has_experiments:
            self._print(
                "\nA process that you kill is started again, and you see here what happened to open payments."
            )
        while True:
            if experiment is None and self._has_experiments:
                number += 1
                experiment = await self._prepared(number)
            ended = await self._ends.get()
            used = experiment if experiment and experiment.reference in ended.before else None
            try:
                await self._report(ended, used)
            except (HoldfastError, httpx.HTTPError) as error:
                self._print(f"the payments cannot be read now: {error}")
            self._print_processes()
            if used or (experiment and experiment.reference not in self._open.latest):
                experiment = None

    async def _prepared(self, number: int) -> Experiment | None:
        """Makes the payment of an experiment, and invites the reader once it is listed."""
        experiment = Experiment(self._shop, self._stack.gateway, number)
        try:
            await experiment.authorize()
            async with asyncio.timeout(LISTED_WITHIN):
                await until(lambda: self._is_listed(experiment.reference), every=POLL_INTERVAL)
        except (HoldfastError, TimeoutError) as error:
            self._print(f"the payment {experiment.reference} is not authorized: {str(error) or 'no answer'}")
            return None
        self._invite(experiment)
        return experiment

    def _is_listed(self, reference: str) -> bool:
        return reference in self._open.latest and self._open.latest[reference].status == "AUTHORIZED"

    def _invite(self, experiment: Experiment) -> None:
        [worker] = self._stack.workers
        self._print(
            f"\nTry it: {experiment.reference} is authorized, {money(experiments.VALUE)} is held and waits"
        )
        self._print("for its capture. Kill the worker, or another process, from another shell:\n")
        self._print(f"    {kill_command(worker)}\n")
        self._print("The shop asks for the capture as soon as the process has ended. The demo starts the")
        self._print("process again, and prints here what happened to the payment.")

    async def _report(self, ended: Ended, experiment: Experiment | None) -> None:
        """Prints what the open payments were before a process ended, and what they are now."""
        found = await experiment.capture() if experiment else []
        await ended.restarted.wait()
        after = await self._open.read_again(ended.before)
        if not ended.before:
            self._print("No payment was open.\n")
            return
        self._out.print()
        self._out.print(payments_table(ended.before, after))
        if experiment is not None:
            found += await experiment.discrepancies()
            self._print_outcome(ended, experiment, after[experiment.reference].order.capture_calls, found)

    def _print_outcome(self, ended: Ended, experiment: Experiment, calls: int, found: Sequence[str]) -> None:
        if found:
            self.all_as_expected = False
            self._print(f"NOT AS IT SHOULD BE  {experiment.reference}: {'; '.join(found)}")
            return
        received = "1 capture call" if calls == 1 else f"{calls} capture calls with the same request id"
        self._print(
            f"\nThe shop asked for the capture of {experiment.reference} as soon as {ended.names} had ended."
        )
        self._print(f"The gateway received {received} and captured {money(experiments.VALUE)} once.")

    def _refuse_without_ledger(self, ended: Sequence[Process]) -> None:
        """Raises ProcessFailed when the simulator has ended: nothing can be compared without its ledger."""
        for process in ended:
            if process.name == SIMULATOR:
                raise ProcessFailed(
                    f"{_ending(process)}, and the gateway's ledger with it, which is in memory alone: no "
                    f"payment of this run can be compared with it any more, so the run ends ({process.log})"
                )

    def _print_processes(self) -> None:
        self._out.print()
        self._out.print(process_table(self._processes))

    def _print(self, line: str) -> None:
        self._out.print(Text(line), soft_wrap=True)


def _ending(process: Process) -> str:
    status = process.exit_status or 0
    cause = f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
    return f"{process.name} (process {process.pid}) {cause}"
