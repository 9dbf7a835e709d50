"""The table of all control endpoints."""

from simulator.actors.dashboard import DashboardRequest
from simulator.control.answers import (
    Advanced,
    BuyerResult,
    CallDetail,
    CallSummary,
    ClockAnswer,
    FaultAnswer,
    Health,
    HoldsAnswer,
    KeysAnswer,
    LedgerAnswer,
    LedgerPayment,
    NotificationDetail,
    NotificationSummary,
)
from simulator.control.endpoint import Endpoint, endpoint
from simulator.control.handlers import Handlers
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


def endpoints(simulator: Simulator) -> list[Endpoint]:
    """Returns the endpoints of a simulator, in the order of the OpenAPI document."""
    do = Handlers(simulator)
    calls, notifications, faults = list[CallSummary], list[NotificationSummary], list[FaultAnswer]
    one = "/notifications/{id}"
    return [
        endpoint("GET", "/healthz", do.healthz, EmptyBody, Health),
        endpoint("GET", "/ledger", do.ledger, EmptyBody, LedgerAnswer),
        endpoint("GET", "/calls", do.calls, EmptyBody, calls),
        endpoint("GET", "/calls/{id}", do.call, EmptyBody, CallDetail),
        endpoint("GET", "/notifications", do.notifications, EmptyBody, notifications),
        endpoint("GET", "/notifications/holds", do.holds, EmptyBody, HoldsAnswer),
        endpoint("POST", "/notifications/hold", do.hold_notifications, HoldRequest, HoldsAnswer),
        endpoint("POST", "/notifications/release", do.release_notifications, HoldRequest, HoldsAnswer),
        endpoint("GET", one, do.notification, EmptyBody, NotificationDetail),
        endpoint("POST", f"{one}/send", do.send_notification, EmptyBody, NotificationDetail),
        endpoint("POST", f"{one}/forge", do.forge_notification, ForgeRequest, NotificationDetail),
        endpoint("GET", "/faults", do.faults, EmptyBody, faults),
        endpoint("POST", "/faults", do.add_fault, FaultRequest, FaultAnswer, status=201),
        endpoint("DELETE", "/faults", do.clear_faults, EmptyBody, faults),
        endpoint("DELETE", "/faults/{id}", do.remove_fault, EmptyBody, faults),
        endpoint("POST", "/buyer/{paymentRequestId}", do.buyer, BuyerAction, BuyerResult),
        endpoint("POST", "/dashboard/{paymentRequestId}", do.dashboard, DashboardRequest, LedgerPayment),
        endpoint("GET", "/keys", do.keys, EmptyBody, KeysAnswer),
        endpoint("POST", "/keys", do.change_keys, KeyChange, KeysAnswer),
        endpoint("GET", "/clock", do.clock, EmptyBody, ClockAnswer),
        endpoint("POST", "/clock", do.advance_clock, ClockStep, Advanced),
        endpoint("POST", "/reset", do.reset, EmptyBody, Health),
    ]
