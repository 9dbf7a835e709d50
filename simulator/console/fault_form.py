"""The form that switches a fault on, and the list of the faults that are on."""

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.console.fault_words import TARGETS, FaultWords, fault_words
from simulator.faults import CALLS, FaultError, faults_on
from simulator.http.body import Body

ALWAYS = "always"
FIELDS = ("on", "fault", "match", "times", "skip", "seconds", "code")
_DEFAULTS = {"on": "pay", "fault": "act_and_drop", "times": "1", "skip": "0", "seconds": "0"}


@dataclass(frozen=True)
class FaultChoice:
    """One option of the select element: a fault, and into what it can be injected."""

    name: str
    words: FaultWords
    targets: tuple[str, ...]


@dataclass(frozen=True)
class FaultForm:
    """The values of the form as text, and what is wrong with them."""

    values: Mapping[str, str]
    mistake: str = ""

    @classmethod
    def empty(cls, match: str = "") -> "FaultForm":
        """Returns the form before anything is typed; `match` limits the fault to one payment."""
        return cls({**dict.fromkeys(FIELDS, ""), **_DEFAULTS, "match": match})

    @classmethod
    def typed(cls, form: Mapping[str, str], mistake: str = "") -> "FaultForm":
        """Returns the form as it was typed."""
        return cls({name: form.get(name, "")[:64] for name in FIELDS}, mistake)

    @property
    def targets(self) -> Mapping[str, str]:
        """What a fault can be injected into, in words by name."""
        return TARGETS

    @property
    def repeats(self) -> Mapping[str, str]:
        """How often a fault can be injected, in words by value; a typed number that is no option is added."""
        known = {"1": "once", "2": "2 times", "3": "3 times", "10": "10 times", ALWAYS: "every time"}
        typed = self.values["times"]
        return known if typed in known else {**known, typed: f"{typed} times"}

    @property
    def choices(self) -> list[FaultChoice]:
        """All faults in the order of their titles, each with everything it can be injected into."""
        found: dict[tuple[str, FaultWords], list[str]] = {}
        for on in TARGETS:
            for name in sorted(faults_on(on)):
                found.setdefault((name, fault_words(on, name)), []).append(on)
        choices = [FaultChoice(name, words, tuple(targets)) for (name, words), targets in found.items()]
        return sorted(choices, key=lambda choice: choice.words.title)

    @property
    def catalogue(self) -> list[tuple[str, list[tuple[str, FaultWords]]]]:
        """All faults in words, by what they are injected into; what all calls have is listed once."""
        common = faults_on("any")
        listed = [("Any call", "any", common)]
        for on in TARGETS:
            if on in CALLS:
                listed.append((TARGETS[on], on, faults_on(on) - common))
            elif not faults_on(on) <= common:
                listed.append((TARGETS[on], on, faults_on(on)))
        return [
            (title, [(name, fault_words(on, name)) for name in sorted(names)])
            for title, on, names in listed
            if names
        ]


def parse_fault(form: Mapping[str, str]) -> dict[str, object]:
    """Returns a submitted form in the format of POST /faults.

    Raises `FaultError` where a field that must be a number is none.
    """
    times = form.get("times", "")
    return {
        "on": form.get("on", ""),
        "fault": form.get("fault", ""),
        "match": form.get("match", "").strip(),
        "code": form.get("code", "").strip(),
        "times": -1 if times == ALWAYS else _whole(times, "times"),
        "skip": _whole(form.get("skip", "") or "0", "Calls to skip first"),
        "seconds": _number(form.get("seconds", "") or "0"),
    }


def _whole(text: str, field: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise FaultError(f"{field}: a whole number") from None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise FaultError("seconds: a number") from None


@dataclass(frozen=True)
class FaultRow:
    """One fault that is on, or used up, in words."""

    id: str
    title: str
    target: str
    effect: str
    payment: str
    progress: str
    details: str
    is_used_up: bool

    @classmethod
    def of(cls, fault: Mapping[str, object]) -> "FaultRow":
        """Returns the row of an object of GET /faults."""
        body = Body(fault)
        words = fault_words(body.text("on"), body.text("fault"))
        used, times = _number(str(fault["used"])), _number(str(fault["times"]))
        return cls(
            id=body.text("id"),
            title=words.title,
            target=TARGETS[body.text("on")],
            effect=words.effect,
            payment=body.text("match"),
            progress=_progress(used, times),
            details=_details(body, words),
            is_used_up=0 < times <= used,
        )


def _progress(used: float, times: float) -> str:
    if times > 0:
        return f"used {used:g} of {times:g}"
    return "used once, stays on" if used == 1 else f"used {used:g} times, stays on"


def _details(fault: Body, words: FaultWords) -> str:
    seconds, skip = (_number(str(fault.at(name))) for name in ("seconds", "skip"))
    parts = [
        f"{seconds:g} seconds" if words.seconds and seconds else "",
        f"code {fault.text('code')}" if words.code and fault.text("code") else "",
        f"after {skip:g} more without it" if skip else "",
    ]
    return ", ".join(part for part in parts if part)
