"""All checks of one run. No check prevents another: every problem is reported at once."""

from collections.abc import Sequence

from holdfast.cli.doctor.account import account_checks
from holdfast.cli.doctor.check import Area, Check, DoctorReport, ok, problem, skipped
from holdfast.cli.doctor.encryption import encryption_checks
from holdfast.cli.doctor.gateway import gateway_checks
from holdfast.cli.doctor.notify_url import notify_url_checks
from holdfast.cli.doctor.process_settings import process_setting_checks
from holdfast.cli.doctor.temporal import temporal_checks
from holdfast.cli.doctor.unknown_variables import unknown_variable_checks
from holdfast.cli.doctor.variables import Environment, value_of
from holdfast.cli.doctor.vault import vault_checks
from holdfast.cli.failure import CommandFailed
from holdfast.cli.simulator import SIMULATOR_URL, Simulator
from holdfast.settings.names import ACCOUNTS, CLIENT_ID, GATEWAY_URL, NOTIFY_URL, PRIVATE_KEY, PUBLIC_KEY

_OF_PROCESSES = (
    GATEWAY_URL,
    CLIENT_ID,
    PRIVATE_KEY,
    f"{PRIVATE_KEY}_FILE",
    PUBLIC_KEY,
    f"{PUBLIC_KEY}_FILE",
    ACCOUNTS,
    NOTIFY_URL,
)
"""Variables that only worker and webhook have. Where one is set, all of theirs are checked."""


async def examine(environment: Environment, *, processes: bool | None) -> DoctorReport:
    """Makes every check and returns the report.

    Args:
        environment: The environment variables. Temporal's own are read by its library, from the process.
        processes: Whether the settings of worker and webhook are checked; None decides by the environment.
    """
    checks, client = await temporal_checks(environment)
    checks += await encryption_checks(environment, client)
    checks += await vault_checks(environment)
    checks += unknown_variable_checks(environment)
    if processes is None:
        processes = any(value_of(environment, name) for name in _OF_PROCESSES)
    checks += await _process_checks(environment) if processes else _not_here()
    checks += await _simulator_checks(environment)
    order = list(Area)
    return DoctorReport.of(sorted(checks, key=lambda check: order.index(check.area)))


async def _process_checks(environment: Environment) -> Sequence[Check]:
    checks, accounts = account_checks(environment)
    for alias, account in accounts.items():
        checks += await gateway_checks(alias, account)
    if not accounts:
        checks.append(skipped(Area.GATEWAY, "signed call", "not possible without an account"))
    return [*checks, *await notify_url_checks(environment), *process_setting_checks(environment)]


async def _simulator_checks(environment: Environment) -> Sequence[Check]:
    """Checks the simulator where one is named, which only `holdfast pay` needs."""
    url = value_of(environment, SIMULATOR_URL)
    if url is None:
        return []
    try:
        await Simulator(url.rstrip("/")).require()
    except CommandFailed as failure:
        return [problem(Area.SIMULATOR, SIMULATOR_URL, failure.message, failure.advice)]
    return [ok(Area.SIMULATOR, SIMULATOR_URL, f"it answers at {url}")]


def _not_here() -> Sequence[Check]:
    finding = "this environment has no settings of worker and webhook; --processes checks them"
    return [skipped(Area.WORKER, "settings", finding)]
