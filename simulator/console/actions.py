"""The actions of the console: forms that are sent with POST and redirect to a page with a message."""

from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response

from simulator.console.clock_form import ClockError, parse_step
from simulator.console.fault_form import FaultForm, parse_fault
from simulator.console.frame import done, refused
from simulator.console.notification_rows import FORGERIES
from simulator.console.pages import Pages
from simulator.faults import FaultError
from simulator.not_found import NotFound
from simulator.notifications.forgery import Forgery, ForgeryKind
from simulator.simulation import Simulator
from simulator.web.forms import read_form


class Actions:
    """Each action calls one method of `Simulator`."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._pages = Pages(simulator)

    async def add_fault(self, request: Request) -> Response:
        """Switches a fault on, or returns the form with what is wrong in it."""
        form = await read_form(request)
        try:
            self._simulator.inject_fault_from_json(parse_fault(form))
        except FaultError as error:
            return self._pages.fault_form(request, FaultForm.typed(form, str(error)), 400)
        return done("/console/faults", "fault-on")

    async def remove_fault(self, request: Request) -> Response:
        """Switches one fault off; one that is off already stays off."""
        form = await read_form(request)
        with suppress(NotFound):
            self._simulator.remove_fault(request.path_params["id"])
        return done(_back(form, "/console/faults"), "fault-off")

    async def remove_all_faults(self, _: Request) -> Response:
        """Switches all faults off."""
        self._simulator.clear_faults()
        return done("/console/faults", "faults-off")

    async def move_clock(self, request: Request) -> Response:
        """Moves the clock forward, or returns the form with what is wrong in it."""
        form = await read_form(request)
        try:
            step = parse_step(form)
        except ClockError as error:
            return self._pages.clock_form(request, form, str(error), 400)
        self._simulator.advance(step.total_seconds())
        return done("/console/clock", "clock")

    async def hold(self, request: Request) -> Response:
        """Holds or releases the notifications of a payment, or of all payments where none is named."""
        form = await read_form(request)
        payment = form.get("payment", "")
        if form.get("do") == "release":
            self._simulator.release_notifications(payment)
            return done(_back(form, "/console/notifications"), "released")
        self._simulator.hold_notifications(payment)
        return done(_back(form, "/console/notifications"), "held")

    async def resend(self, request: Request) -> Response:
        """Sends a notification once more."""
        try:
            await self._simulator.send_notification(request.path_params["id"])
        except NotFound:
            return self._nothing_sent(request, "There is no such notification.")
        return done(_notification(request), "sent")

    async def forge(self, request: Request) -> Response:
        """Sends a forged form of a notification."""
        kind = (await read_form(request)).get("kind", "")
        if kind not in FORGERIES:
            return self._nothing_sent(request, "Choose what to forge.")
        try:
            await self._simulator.forge_notification(request.path_params["id"], Forgery(ForgeryKind(kind)))
        except NotFound:
            return self._nothing_sent(request, "There is no such notification.")
        return done(_notification(request), "forged")

    def _nothing_sent(self, request: Request, sentence: str) -> Response:
        return refused(self._simulator, request, 400, "Nothing was sent", sentence)


def _notification(request: Request) -> str:
    return f"/console/notifications/{request.path_params['id']}"


def _back(form: dict[str, str], otherwise: str) -> str:
    """Returns the page of the console that the form names; never an address of another server."""
    back = form.get("back", "")
    return back if back.startswith("/console/") else otherwise
