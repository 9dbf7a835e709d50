"""One run: starts the processes, injects faults while the payments run, and checks everything at the end."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console

from tools.chaos.checks.money_checks import find_violations
from tools.chaos.checks.run_record import RunRecord
from tools.chaos.evidence import keep_histories
from tools.chaos.faults.attacks import Attacker
from tools.chaos.faults.fault_injector import FaultInjector
from tools.chaos.faults.process_faults import process_faults
from tools.chaos.faults.resets import Operator
from tools.chaos.merchant import Merchant
from tools.chaos.merchant_and_buyer import MerchantAndBuyer
from tools.chaos.merchant_flows import run_flow
from tools.chaos.plan import Plan, planned
from tools.chaos.progress import ProgressBar
from tools.chaos.proxied_stack import ANSWER_WITHIN, ProxiedStack, running_proxied_stack
from tools.chaos.report import Report
from tools.chaos.settling import in_parallel, read_record, settle
from tools.demo.shop import Shop
from tools.local_stack.folder import Folder, prepared

BRIEF = 100
"""A run of fewer payments leaves out what takes long."""
_CONCURRENCY = 48
_FLOW_TIME, _BRIEF_FLOW_TIME = 30.0, 12.0
_SETTLING_TIME, _BRIEF_SETTLING_TIME = 420.0, 180.0
_MARGIN = 20.0
_SHOP = "https://shop.example"
_NO_KEEP_ALIVE = httpx.Limits(max_keepalive_connections=0)
"""A server can close a connection that is kept alive at the moment of the next call."""


@dataclass(frozen=True)
class Options:
    """The options of the command line."""

    payments: int
    seed: int
    folder: Path

    @property
    def is_brief(self) -> bool:
        """Whether the run leaves out what takes long."""
        return self.payments < BRIEF


async def run(options: Options, out: Console) -> Report:
    """Runs and checks; no process is left.

    Raises ProcessFailed, FolderRefused, and OSError when folder or ports are not available.
    """
    with prepared(options.folder) as (folder, _):
        async with httpx.AsyncClient(timeout=60, trust_env=False, limits=_NO_KEEP_ALIVE) as http:
            _log_loop_errors(folder.log("chaos"))
            attacker = Attacker()
            async with running_proxied_stack(folder, http, attacker.observe) as stack:
                injector = FaultInjector(stack, process_faults(options.seed, brief=options.is_brief))
                try:
                    return await _Run(options, out, folder, stack, http, attacker, injector).report()
                finally:
                    await injector.abort()


def _log_loop_errors(log: Path) -> None:
    """Writes errors of tasks that are not awaited to a file: connections break here on purpose.

    Such an error may come after a run without a violation, whose folder is deleted.
    """

    def write(_: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        if not log.parent.is_dir():
            return
        with log.open("a") as file:
            file.write(f"{context.get('message')}: {context.get('exception')!r}\n")

    asyncio.get_running_loop().set_exception_handler(write)


class _Run:
    def __init__(
        self,
        options: Options,
        out: Console,
        folder: Folder,
        stack: ProxiedStack,
        http: httpx.AsyncClient,
        attacker: Attacker,
        injector: FaultInjector,
    ) -> None:
        self._options, self._out, self._folder = options, out, folder
        self._stack, self._http = stack, http
        self._attacker, self._injector = attacker, injector
        self._operator = Operator()
        self._all_started = asyncio.Event()
        self._payments_ended = 0
        self._flow_time = _BRIEF_FLOW_TIME if options.is_brief else _FLOW_TIME
        payments, gateway = stack.local.payments, stack.local.gateway
        # a call may be followed by another one that reads the result of an ended payment
        self._merchant = Merchant(payments, 2 * ANSWER_WITHIN.total_seconds() + _MARGIN)
        shop = Shop(payments, _SHOP)
        plans = planned(options.seed, options.payments, brief=options.is_brief)
        self._parties = [MerchantAndBuyer(plan, self._merchant, shop, gateway) for plan in plans]

    async def report(self) -> Report:
        """Runs the payments under faults, removes the faults, settles the payments, and checks."""
        options, started_at = self._options, time.monotonic()
        await self._run_under_faults()
        recovered_at = time.monotonic()
        faults = await self._stack.local.gateway.clear_faults()
        await self._stack.recover()
        record = await self._settled()
        violations = find_violations(record)
        await keep_histories(self._stack.local.client, violations, self._folder.path / "histories")
        return Report(
            seed=options.seed,
            payments=options.payments,
            seconds={"faults": recovered_at - started_at, "settling": time.monotonic() - recovered_at},
            process_faults=self._injector.injected,
            resets=self._operator.resets,
            gateway_faults=faults,
            record=record,
            violations=violations,
            unexpected_exits=self._injector.unexpected_exits,
        )

    async def _settled(self) -> RunRecord:
        within = _BRIEF_SETTLING_TIME if self._options.is_brief else _SETTLING_TIME
        unsettled = await settle(self._parties, self._stack.local.client, within)
        return await read_record(self._parties, self._stack, self._merchant, self._attacker, unsettled)

    async def _run_under_faults(self) -> None:
        injecting = asyncio.create_task(self._injector.run(lambda: self._payments_ended))
        ending = asyncio.create_task(self._end_faults(injecting))
        try:
            with ProgressBar(self._out, "payments", len(self._parties), self._status) as bar:
                await in_parallel(lambda each: self._run_payment(each, bar), self._parties, _CONCURRENCY)
        finally:
            injecting.cancel()
            ending.cancel()
            await asyncio.wait({injecting, ending})
        await self._injector.finish()

    async def _end_faults(self, injecting: asyncio.Task[None]) -> None:
        """Ends the faults before the last payments end: on a slow machine they would never end."""
        await self._all_started.wait()
        await asyncio.sleep(2 * self._flow_time)
        injecting.cancel()

    async def _run_payment(self, parties: MerchantAndBuyer, bar: ProgressBar) -> None:
        plan = parties.plan
        if parties is self._parties[-1]:
            self._all_started.set()
        try:
            for fault in plan.faults:
                await self._stack.local.gateway.inject(fault.order(plan.reference))
            await asyncio.gather(run_flow(parties, self._flow_time), self._attack(plan), self._reset(plan))
        except Exception as error:  # the other payments continue, and the error is checked at the end
            self._merchant.record_failure(plan.reference, error)
        self._payments_ended += 1
        bar.advance()

    async def _attack(self, plan: Plan) -> None:
        for attack in plan.attacks:
            await self._attacker.attack(attack, plan.reference, self._stack, self._http, plan.random_seed)

    async def _reset(self, plan: Plan) -> None:
        for each in plan.resets:
            await self._operator.perform(each, plan.reference, self._stack.local.client, plan.random_seed)

    def _status(self) -> str:
        calls, faults = len(self._merchant.calls), sum(self._injector.injected.values())
        return f"{calls} calls, {faults} process faults"
