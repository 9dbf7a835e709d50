"""The functions of the control endpoints. The first line of each docstring is in the OpenAPI document."""

from simulator.actors.dashboard import DashboardRequest
from simulator.control.endpoint import Params
from simulator.control.requests import (
    BuyerAction,
    ClockStep,
    EmptyBody,
    ForgeRequest,
    HoldRequest,
    KeyChange,
)
from simulator.faults import FaultRequest
from simulator.simulation import Simulator


class Handlers:
    """One function for each endpoint, which calls one method of `Simulator`."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def healthz(self, _: Params, __: EmptyBody) -> object:
        """Answers a health check."""
        return {"status": "ok"}

    async def ledger(self, _: Params, __: EmptyBody) -> object:
        """Returns all payments, orders and movements of money since the start or the last reset."""
        return self._simulator.ledger()

    async def calls(self, _: Params, __: EmptyBody) -> object:
        """Returns the newest 100,000 gateway calls, oldest first."""
        return self._simulator.calls()

    async def call(self, params: Params, _: EmptyBody) -> object:
        """Returns one gateway call with its headers and bodies, which are kept for the newest 1,000."""
        return self._simulator.call(params["id"])

    async def notifications(self, _: Params, __: EmptyBody) -> object:
        """Returns all notifications with their sends, oldest first."""
        return self._simulator.notifications()

    async def notification(self, params: Params, _: EmptyBody) -> object:
        """Returns one notification with the headers and bodies of its sends, kept for the newest 1,000."""
        return self._simulator.notification(params["id"])

    async def send_notification(self, params: Params, _: EmptyBody) -> object:
        """Sends a notification again, now and once, also an acknowledged, held or suppressed one."""
        return await self._simulator.send_notification(params["id"])

    async def forge_notification(self, params: Params, body: ForgeRequest) -> object:
        """Sends a forged form of a notification, now and once."""
        return await self._simulator.forge_notification(params["id"], body.forgery())

    async def holds(self, _: Params, __: EmptyBody) -> object:
        """Returns which notifications are held."""
        return self._simulator.notification_holds()

    async def hold_notifications(self, _: Params, body: HoldRequest) -> object:
        """Holds the notifications of one payment, or all, until they are released."""
        return self._simulator.hold_notifications(body.paymentRequestId)

    async def release_notifications(self, _: Params, body: HoldRequest) -> object:
        """Releases the notifications of one payment, or all."""
        return self._simulator.release_notifications(body.paymentRequestId)

    async def faults(self, _: Params, __: EmptyBody) -> object:
        """Returns all faults, including those that are used up, oldest first."""
        return self._simulator.faults()

    async def add_fault(self, _: Params, body: FaultRequest) -> object:
        """Adds a fault after the others; the first that matches a call or notification is injected."""
        return self._simulator.add_fault(body.fault_to_add()).wire()

    async def clear_faults(self, _: Params, __: EmptyBody) -> object:
        """Removes all faults."""
        self._simulator.clear_faults()
        return self._simulator.faults()

    async def remove_fault(self, params: Params, _: EmptyBody) -> object:
        """Removes one fault, and returns the others; calls that wait in its delay continue."""
        self._simulator.remove_fault(params["id"])
        return self._simulator.faults()

    async def buyer(self, params: Params, body: BuyerAction) -> object:
        """Acts as the buyer of a payment, and returns the payment after it."""
        return await self._simulator.buyer_acts(params["paymentRequestId"], body.action, body.code)

    async def dashboard(self, params: Params, body: DashboardRequest) -> object:
        """Changes a payment as the gateway's dashboard does, without a notification."""
        return self._simulator.perform_on_dashboard(params["paymentRequestId"], body)

    async def keys(self, _: Params, __: EmptyBody) -> object:
        """Returns the client id and the public keys."""
        return self._simulator.keys.wire()

    async def change_keys(self, _: Params, body: KeyChange) -> object:
        """Changes keys as the gateway's dashboard does; the next call and notification use them."""
        self._simulator.keys.change(body.do, body.merchantPublicKey)
        return self._simulator.keys.wire()

    async def clock(self, _: Params, __: EmptyBody) -> object:
        """Returns the simulated time, the real time, and the seconds between them."""
        return self._simulator.clock()

    async def advance_clock(self, _: Params, body: ClockStep) -> object:
        """Moves the clock forward: expiries and repeats that become due happen now."""
        self._simulator.advance(body.advance)
        return {"advanced": body.advance}

    async def reset(self, _: Params, __: EmptyBody) -> object:
        """Removes all state but the keys; pending notifications are not sent."""
        await self._simulator.reset()
        return {"status": "ok"}
