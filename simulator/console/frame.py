"""What every page of the console shows: the clock, the section, and the message of the last action."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from simulator.clock import Clock, iso
from simulator.console.change_marker import change_marker
from simulator.console.clock_form import offset_text
from simulator.console.fault_form import FaultRow
from simulator.simulation import Simulator
from simulator.web.formats import clock_text
from simulator.web.templating import CONSOLE_HEADERS, console_page

MESSAGES = {
    "fault-on": "The fault is on.",
    "fault-off": "The fault is off.",
    "faults-off": "All faults are off.",
    "clock": "The clock has moved.",
    "sent": "The notification was sent again. Its answer is below.",
    "forged": "The forged notification was sent. Its answer is below.",
    "held": "The notifications are held until you release them.",
    "released": "The notifications are released.",
}
"""The messages by the value of the parameter `done`: a link can select a message, and cannot write one."""


@dataclass(frozen=True)
class ClockView:
    """The simulator's time; `ahead` says how far it was moved, empty where it was not."""

    iso: str
    text: str
    date: str
    ahead: str

    @classmethod
    def of(cls, clock: Clock) -> "ClockView":
        """Returns the time of now."""
        now = clock.now()
        return cls(iso(now), clock_text(now), f"{now:%d %B %Y}", offset_text(clock.offset))


def page(
    simulator: Simulator, request: Request, section: str, template: str, status: int = 200, **context: object
) -> Response:
    """Returns a page of the console in its frame; `section` is the name of its tab."""
    faults = [FaultRow.of(fault) for fault in simulator.faults()]
    holds = simulator.notification_holds()
    message = MESSAGES.get(request.query_params.get("done", ""), "")
    clock = ClockView.of(simulator.lifecycle.clock)
    return console_page(
        template,
        status,
        section=section,
        marker=change_marker(simulator),
        clock=clock,
        message=message,
        faults_on=sum(not fault.is_used_up for fault in faults),
        is_holding=bool(holds["all"] or holds["exceptions"]),
        **context,
    )


def refused(simulator: Simulator, request: Request, status: int, heading: str, sentence: str) -> Response:
    """Returns a page that says why a request had no effect."""
    return page(simulator, request, "", "refused.html", status, heading=heading, sentence=sentence)


def done(path: str, message: str) -> Response:
    """Redirects to a page with one of `MESSAGES`; 303, so that a reload does not send the form again."""
    return RedirectResponse(f"{path}?done={message}", status_code=303, headers=CONSOLE_HEADERS)
