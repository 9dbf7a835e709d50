"""Every fault has words, and the form offers every fault."""

import pytest

from simulator.console.fault_form import FaultForm, FaultRow, parse_fault
from simulator.console.fault_words import TARGETS, fault_words
from simulator.faults import ALLOWED, RISK_REVIEW, Fault, FaultError, faults_on

EVERY = [(on, name) for on in (*ALLOWED, RISK_REVIEW) for name in sorted(faults_on(on))]
TYPED = {
    "on": "pay",
    "fault": "delay",
    "match": " pay-1 ",
    "times": "2",
    "skip": "",
    "seconds": "1.5",
    "code": "",
}


@pytest.mark.parametrize(("on", "name"), EVERY)
def test_every_fault_has_a_title_and_a_sentence(on: str, name: str) -> None:
    words = fault_words(on, name)
    assert words.title
    assert words.effect.endswith(".")


def test_form_offers_every_fault_for_every_target() -> None:
    form = FaultForm.empty()
    offered = {(on, choice.name) for choice in form.choices for on in choice.targets}
    assert offered == set(EVERY)
    assert set(form.targets) == {on for on, _ in EVERY}


def test_catalogue_describes_every_fault() -> None:
    described = {name for _, faults in FaultForm.empty().catalogue for name, _ in faults}
    assert described == {name for _, name in EVERY}


def test_typed_form_becomes_a_fault() -> None:
    fault = Fault.parse(parse_fault(TYPED))
    assert (fault.on, fault.fault, fault.match) == ("pay", "delay", "pay-1")
    assert (fault.times, fault.skip, fault.seconds) == (2, 0, 1.5)
    assert Fault.parse(parse_fault({**TYPED, "times": "always"})).times == -1


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("times", "some", "times: a whole number"),
        ("times", "0", "times: a whole number above 0"),
        ("skip", "x", "Calls to skip first: a whole number"),
        ("seconds", "x", "seconds: a number"),
        ("seconds", "nan", "seconds: must be"),
        ("seconds", "inf", "seconds: must be"),
        ("fault", "taken_back", "fault: on pay one of"),
        ("on", "moon", "on: must be"),
    ],
)
def test_wrong_field_is_named(field: str, value: str, message: str) -> None:
    with pytest.raises(FaultError, match=message):
        Fault.parse(parse_fault({**TYPED, field: value}))


def test_row_says_what_is_left_of_a_fault() -> None:
    row = FaultRow.of(Fault("capture", "in_process", times=2, seconds=30, code="PROCESS_FAIL", skip=1).wire())
    assert (row.title, row.target) == ("Capture decided later", TARGETS["capture"])
    assert row.details == "30 seconds, code PROCESS_FAIL, after 1 more without it"
    assert (row.progress, row.is_used_up) == ("used 0 of 2", False)
    assert FaultRow.of(Fault("pay", "http_500", used=1).wire()).is_used_up
    assert FaultRow.of(Fault("pay", "http_500", times=-1, used=3).wire()).progress == "used 3 times, stays on"
    assert FaultRow.of(Fault("pay", "http_500", times=-1, used=1).wire()).progress == "used once, stays on"
