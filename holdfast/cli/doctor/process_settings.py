"""The settings of worker and webhook that concern no other area."""

from collections.abc import Iterator

from holdfast.antom.accepted_answers import MAX_SKEW
from holdfast.cli.doctor.check import Area, Check, ok, problem
from holdfast.cli.doctor.variables import Environment, Rule, optional, value_of, whole_number
from holdfast.settings import names, rules
from holdfast.settings.errors import SettingsError
from holdfast.settings.values import host_and_port


def process_setting_checks(environment: Environment) -> Iterator[Check]:
    """Yields a check for each of the settings."""
    yield optional(
        Area.GATEWAY,
        environment,
        names.ANSWER_SKEW,
        _seconds(names.ANSWER_SKEW, int(MAX_SKEW.total_seconds())),
        "300 seconds count",
    )
    tolerance = _seconds(names.NOTIFY_TOLERANCE, rules.MAX_TOLERANCE)
    yield optional(Area.WEBHOOK, environment, names.NOTIFY_TOLERANCE, tolerance, "86400 seconds count")
    for area, variable, default in (
        (Area.WEBHOOK, names.WEBHOOK_BIND, f"it listens on {names.DEFAULT_WEBHOOK_BIND}"),
        (Area.WORKER, names.METRICS_BIND, "the worker serves no metrics"),
    ):
        yield optional(area, environment, variable, _address(variable), default)
    yield from _build(environment)


def _seconds(name: str, longest: int) -> Rule:
    return lambda text: f"{rules.seconds(name, whole_number(name, text), longest)} seconds"


def _address(name: str) -> Rule:
    return lambda text: "{}:{}".format(*host_and_port(text, name))


def _build(environment: Environment) -> Iterator[Check]:
    build_id, deployment = (value_of(environment, name) for name in (names.BUILD_ID, names.DEPLOYMENT))
    try:
        rules.build(build_id, deployment)
    except SettingsError as error:
        yield problem(
            Area.WORKER, error.variable, error.rule, 'See "builds side by side" in the operations pages.'
        )
        return
    yield ok(Area.WORKER, names.BUILD_ID, build_id or "not set: it is informative")
    yield ok(Area.WORKER, names.DEPLOYMENT, deployment or "not set: the worker receives every payment")
