"""One run from the first process to the verdict."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console

from tools.chaos.actor import Actor
from tools.chaos.checks.money_checks import judged
from tools.chaos.checks.verdict import Material
from tools.chaos.evidence import keep_histories
from tools.chaos.faults.attacks import Attacker
from tools.chaos.faults.fault_injector import Storm
from tools.chaos.faults.process_faults import injuries
from tools.chaos.ledger import Gateway
from tools.chaos.machine import ANSWER_WITHIN, Machine, opened
from tools.chaos.merchant import Merchant
from tools.chaos.merchant_flows import live
from tools.chaos.plan import Plan, planned
from tools.chaos.progress import Bar
from tools.chaos.report import Report
from tools.chaos.settling import gathered, in_parallel, settle
from tools.demo.folder import Folder, prepared
from tools.demo.shop import Shop
from tools.local_stack.processes import Children

BRIEF = 100
"""Runs of fewer payments leave out what takes long."""
_AT_ONCE = 48
_LIFE, _BRIEF_LIFE = 30.0, 12.0
_SETTLE, _BRIEF_SETTLE = 420.0, 180.0
_MARGIN = 20.0
_SHOP = "https://shop.example"
_ONE_CALL_EACH = httpx.Limits(max_keepalive_connections=0)
"""A connection that is kept can be closed by a server at the moment of its next call."""


@dataclass(frozen=True)
class Options:
    """What is asked for."""

    payments: int
    seed: int
    folder: Path

    @property
    def is_brief(self) -> bool:
        """Whether the run has no time for what takes long."""
        return self.payments < BRIEF


async def run(options: Options, out: Console) -> Report:
    """Run, and judge. Nothing is left running.

    Raises ChildFailed, FolderRefused, and OSError when folder or ports cannot be had.
    """
    with prepared(options.folder) as (folder, _), Children() as children:
        async with httpx.AsyncClient(timeout=60, trust_env=False, limits=_ONE_CALL_EACH) as http:
            _listen_to_the_loop(folder.log("chaos"))
            attacker = Attacker()
            machine = await opened(folder, children, http, attacker.overhear)
            storm = Storm(machine, injuries(options.seed, brief=options.is_brief))
            try:
                return await _Run(options, out, folder, machine, http, attacker, storm).report()
            finally:
                await storm.end()
                await machine.close()


def _listen_to_the_loop(log: Path) -> None:
    """What nobody awaits is written to a file: a torn connection is no news here.

    It may come to light after a run without a violation, which leaves no folder.
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
        machine: Machine,
        http: httpx.AsyncClient,
        attacker: Attacker,
        storm: Storm,
    ) -> None:
        self._options, self._out, self._folder = options, out, folder
        self._machine, self._http = machine, http
        self._attacker, self._storm = attacker, storm
        self._all_begun = asyncio.Event()
        self._lives_over = 0
        self._patience = _BRIEF_LIFE if options.is_brief else _LIFE
        self._gateway = Gateway(machine.gateway_url, http)
        # a call may be followed by another one that reads how the payment has ended
        self._merchant = Merchant(machine.payments, 2 * ANSWER_WITHIN.total_seconds() + _MARGIN)
        shop = Shop(machine.payments, _SHOP)
        plans = planned(options.seed, options.payments, brief=options.is_brief)
        self._actors = [Actor(plan, self._merchant, shop, self._gateway) for plan in plans]

    async def report(self) -> Report:
        """Storm, calm, verdict."""
        options, began = self._options, time.monotonic()
        await self._rage()
        calm = time.monotonic()
        faults = await self._heal()
        material = await self._settled()
        violations = judged(material)
        await keep_histories(self._machine.client, violations, self._folder.path / "histories")
        return Report(
            seed=options.seed,
            payments=options.payments,
            seconds={"storm": calm - began, "settling": time.monotonic() - calm},
            injuries=self._storm.done,
            faults=faults,
            material=material,
            violations=violations,
            surprises=self._surprises(),
        )

    async def _settled(self) -> Material:
        within = _BRIEF_SETTLE if self._options.is_brief else _SETTLE
        restless = await settle(self._actors, self._machine.client, within)
        return await gathered(
            self._actors, self._machine, self._merchant, self._attacker, self._gateway, restless
        )

    async def _rage(self) -> None:
        raging = asyncio.create_task(self._storm.rage(lambda: self._lives_over))
        fading = asyncio.create_task(self._fade(raging))
        try:
            with Bar(self._out, "payments", len(self._actors), self._beside) as bar:
                await in_parallel(lambda actor: self._lived(actor, bar), self._actors, _AT_ONCE)
        finally:
            raging.cancel()
            fading.cancel()
            await asyncio.wait({raging, fading})
        await self._storm.abate()

    async def _fade(self, raging: asyncio.Task[None]) -> None:
        """The storm does not keep the last payments from ending: on a slow machine nothing would."""
        await self._all_begun.wait()
        await asyncio.sleep(2 * self._patience)
        raging.cancel()

    async def _lived(self, actor: Actor, bar: Bar) -> None:
        plan = actor.plan
        if actor is self._actors[-1]:
            self._all_begun.set()
        try:
            await self._gateway.order_faults(plan)
            await asyncio.gather(live(actor, self._patience), self._attacked(plan))
        except Exception as error:  # the others go on, and the judge hears of it
            self._merchant.broke(plan.reference, error)
        self._lives_over += 1
        bar.advance()

    async def _attacked(self, plan: Plan) -> None:
        for attack in plan.attacks:
            await self._attacker.strike(attack, plan.reference, self._machine, self._http, plan.chance)

    async def _heal(self) -> dict[str, int]:
        struck = await self._gateway.clear_faults()
        await self._machine.heal()
        return dict(struck)

    def _beside(self) -> str:
        calls, harm = len(self._merchant.calls), sum(self._storm.done.values())
        return f"{calls} calls, {harm} injuries"

    def _surprises(self) -> Sequence[str]:
        return [line for service in self._machine.services.values() for line in service.surprises]
