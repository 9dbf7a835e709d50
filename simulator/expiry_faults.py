"""An `authExpiryTime` in an answer or a notification that is not the end of the authorization."""

from datetime import datetime, timedelta

from simulator.clock import iso
from simulator.faults import Fault
from simulator.http.body import Answer


def with_changed_expiry(body: Answer, fault: Fault) -> Answer:
    """Returns the body with the authExpiryTime of one of the expiry faults.

    A body without an authExpiryTime, such as that of a decline, stays as it is.
    """
    expiry, paid = body.get("authExpiryTime"), body.get("paymentTime")
    if not isinstance(expiry, str) or not isinstance(paid, str):
        return body
    distance = timedelta(seconds=fault.seconds)
    match fault.fault:
        case "without_expiry":
            return {name: value for name, value in body.items() if name != "authExpiryTime"}
        case "earlier_expiry":
            return {**body, "authExpiryTime": iso(datetime.fromisoformat(expiry) - distance)}
        case "later_expiry":
            return {**body, "authExpiryTime": iso(datetime.fromisoformat(expiry) + distance)}
        case "expiry_before_payment":
            return {**body, "authExpiryTime": iso(datetime.fromisoformat(paid) - distance)}
        case _:
            return body
