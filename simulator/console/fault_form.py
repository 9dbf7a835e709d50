"""The form that switches a fault on, and the list of the faults that are on."""

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.console.fault_words import TARGETS, FaultWords, fault_words
from simulator.faults import CALLS, Fault, FaultError, faults_on

ALWAYS = "always"
FIELDS = ("on", "fault", "match", "times", "skip", "seconds", "code")
_DEFAULTS = {"on": "pay", "fault": "act_and_drop", "times": "1", "skip": "0", "seconds": "0"}


@dataclass(frozen=True)
class FaultChoice:
    """One option of the select element: a fault, and into what it can be injected."""

    name: str
    title: str
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
    def choices(self) -> list[FaultChoice]:
        """All faults, each title once."""
        found: dict[tuple[str, str], list[str]] = {}
        for on in TARGETS:
            for title, name in sorted((fault_words(on, name).title, name) for name in faults_on(on)):
                found.setdefault((name, title), []).append(on)
        return [FaultChoice(name, title, tuple(targets)) for (name, title), targets in found.items()]

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
        "skip": _whole(form.get("skip", "") or "0", "calls before the first"),
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
    def of(cls, fault_id: str, fault: Fault) -> "FaultRow":
        """Returns the words of a fault."""
        words = fault_words(fault.on, fault.fault)
        used_up = fault.times != -1 and fault.used >= fault.times
        return cls(
            id=fault_id,
            title=words.title,
            target=TARGETS[fault.on],
            effect=words.effect,
            payment=fault.match,
            progress=_progress(fault),
            details=_details(fault, words),
            is_used_up=used_up,
        )


def _progress(fault: Fault) -> str:
    if fault.times == -1:
        return f"used {fault.used} times, stays on"
    return f"used {fault.used} of {fault.times}"


def _details(fault: Fault, words: FaultWords) -> str:
    parts = []
    if words.seconds and fault.seconds:
        parts.append(f"{fault.seconds:g} seconds")
    if words.code and fault.code:
        parts.append(f"code {fault.code}")
    if fault.skip:
        parts.append(f"after {fault.skip} more without it")
    return ", ".join(parts)
