"""The reconciliation workflow refuses invalid requests, and continues from the state of an earlier run."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio import workflow
from temporalio.exceptions import ApplicationError

from holdfast.reconciliation.report import ReconciliationReport
from workflows.reconciliation import workflow as reconciliation
from workflows.reconciliation.comparison import Comparator
from workflows.reconciliation.state import Position, Stage, State
from workflows.reconciliation.workflow import Reconciliation

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflow, "now", lambda: NOW)


@pytest.mark.parametrize("request_fields", [None, {}, "yesterday", {"last": 0}])
async def test_invalid_request_fails_the_run_and_the_query(request_fields: object) -> None:
    invalid = Reconciliation(request_fields)
    with pytest.raises(ApplicationError) as failed:
        await invalid.run(request_fields)
    assert (failed.value.type, failed.value.non_retryable) == ("InvalidRequest", True)
    with pytest.raises(ApplicationError):
        invalid.progress()


async def test_period_that_ends_in_the_future_fails_the_run() -> None:
    request = {
        "since": (NOW - timedelta(hours=1)).isoformat(),
        "until": (NOW + timedelta(hours=1)).isoformat(),
    }
    with pytest.raises(ApplicationError, match="must not be in the future"):
        await Reconciliation(request).run(request)


def test_report_of_first_run_has_the_period_that_ends_at_its_start() -> None:
    report = Reconciliation({"last": 3600, "merchantAccount": "shop-two"}).progress()
    assert report.merchantAccount == "shop-two"
    assert (report.since, report.until) == (NOW - timedelta(hours=1), NOW)
    assert (report.expected, report.compared) == (0, 0)


async def test_next_run_continues_from_the_state_of_the_last_one(monkeypatch: pytest.MonkeyPatch) -> None:
    details: list[str] = []
    monkeypatch.setattr(workflow, "set_current_details", details.append)
    state = State(
        report=ReconciliationReport(merchantAccount="default", expected=3, compared=3, agreed=3),
        position=Position(stage=Stage.REFERENCES, references=3),
    )
    request = {"references": ["ORDER_1", "ORDER_2", "ORDER_3"]}
    report = await Reconciliation(request, state).run(request, state)
    assert report == state.report
    assert details[-1].startswith("## 3 of about 3 compared")


async def test_run_continues_as_new_after_a_number_of_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    class Continued(BaseException):
        pass

    continued: list[Any] = []

    def continue_as_new(*, args: list[Any]) -> None:
        continued.extend(args)
        raise Continued

    async def compare(_self: object, _page: object) -> None:
        return

    monkeypatch.setattr(workflow, "set_current_details", lambda _: None)
    monkeypatch.setattr(workflow, "continue_as_new", continue_as_new)
    monkeypatch.setattr(reconciliation, "PAGES", 2)
    monkeypatch.setattr(Comparator, "compare", compare)
    monkeypatch.setattr(
        workflow, "info", lambda: type("Info", (), {"is_continue_as_new_suggested": lambda _: False})()
    )
    request = {"references": ["ORDER_1", "ORDER_2", "ORDER_3"], "pageSize": 1}
    state = State(report=ReconciliationReport(merchantAccount="default"), position=Position())
    with pytest.raises(Continued):
        await Reconciliation(request, state).run(request, state)
    assert continued[0] == request
    assert continued[1].position == Position(stage=Stage.REFERENCES, references=2)
