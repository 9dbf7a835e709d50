"""One gateway call from its raw bytes to its answer: verified, done, and spoiled where a fault says so."""

from collections.abc import Callable
from dataclasses import replace

from holdfast.antom.endpoints import Operation, path_for
from simulator.calls import Calls, note_fault, note_ids, note_result
from simulator.card_data_leak import indiscreet
from simulator.faults import NOTIFICATION_LIST, Fault
from simulator.http.body import Answer, Body, Refused, answer
from simulator.http.wire import Received, Reply, body_of, encoded, signed, stranger, unsigned
from simulator.keys import Keys
from simulator.notifier import with_wrong_amounts
from simulator.operations.cancel import cancel
from simulator.operations.capture import capture, reject_capture
from simulator.operations.inquiry import inquiry
from simulator.operations.notification_list import notification_list
from simulator.operations.pay import pay
from simulator.payment_lifecycle import Life
from simulator.state import Payment

NOT_DONE = ("drop_before", "http_500", "code_u", "code_f")
# refusals of the request itself: the gateway keeps no payment and no request id of them
WITHOUT_TRACE = frozenset(
    [
        "ACCESS_DENIED",
        "KEY_NOT_FOUND",
        "SIGNATURE_INVALID",
        "INVALID_SIGNATURE",
        "CLIENT_INVALID",
        "INVALID_CLIENT",
        "INVALID_API",
        "API_INVALID",
        "NO_INTERFACE_DEF",
        "METHOD_NOT_SUPPORTED",
        "MEDIA_TYPE_NOT_ACCEPTABLE",
        "PARAM_ILLEGAL",
        "ORDER_NOT_EXIST",
        "REPEAT_REQ_INCONSISTENT",
        "SYSTEM_ERROR",
    ]
)
# refusals of a capture that say why it can never be made
AUTHORIZATION_GONE = frozenset(["AUTH_EXPIRED", "AUTH_CANCELLED", "ORDER_IS_CANCELED"])


class Gateway:
    """Answers pay, inquiryPayment, capture, cancel and inquireNotificationList of one merchant."""

    def __init__(self, keys: Keys, life: Life, calls: Calls, public_url: Callable[[], str]) -> None:
        self._keys = keys
        self._life = life
        self._calls = calls
        self._public_url = public_url

    async def reply(self, received: Received) -> Reply:
        """Answer one call; business refusals are HTTP 200, as every outcome of the gateway."""
        call = self._calls.received(received.path.rsplit("/", 1)[-1])
        if (refusal := stranger(received, self._keys)) is not None:
            note_result(call, refusal)
            return unsigned(encoded(refusal))
        try:
            name, body = self._read(received)
        except Refused as refused:
            note_result(call, _refusal(refused))
            return signed(encoded(_refusal(refused)), received.path, self._keys)
        return await self._answered(call, name, body, received.path)

    async def _answered(self, call: dict[str, object], name: str, body: Body, path: str) -> Reply:
        """A call that can be read: met by the first fault that fits, done, and written down."""
        note_ids(call, body)
        fault = self._life.faults.take(name, self._ids(body))
        note_fault(call, fault)
        notified = self._life.notified
        answered = await self._perform(name, body, fault)
        if (payment := self._payment(body)) is not None:
            await self._life.overtaken(payment, notified)
        note_result(call, answered)
        return self._spoiled(answered, fault, path)

    def _read(self, received: Received) -> tuple[str, Body]:
        """The operation, by the path of the client id's environment, and the body."""
        for operation in Operation:
            if received.path == path_for(operation, self._keys.client_id):
                return operation.value.rsplit("/", 1)[-1], body_of(received)
        raise Refused("INVALID_API", "The called API is invalid or not active.")

    def _payment(self, body: Body) -> Payment | None:
        return self._life.store.find(body.text("paymentId"), body.text("paymentRequestId"))

    def _ids(self, body: Body) -> list[str]:
        """Everything that a fault's match can mean."""
        found = self._payment(body)
        ids = [
            body.text("captureRequestId"),
            body.text("paymentRequestId"),
            body.text("order.referenceOrderId"),
        ]
        return [*ids, found.request_id, found.payment_id, found.order_id] if found else ids

    async def _perform(self, name: str, body: Body, fault: Fault | None) -> Answer | None:
        """Do what is asked, unless the fault lets nothing happen; None when no answer was made."""
        kind = fault.fault if fault else ""
        if fault and kind == "delay":
            await self._life.clock.sleep(fault.seconds)
        if fault and kind in NOT_DONE:
            answered = self._instead(name, body, fault)
        else:
            answered = self._done(name, body, fault)
        if found := self._payment(body):
            found.counts[name] = found.counts.get(name, 0) + 1
        if fault and kind == "act_and_delay":
            await self._life.clock.sleep(fault.seconds)
        if fault and kind == "act_and_code_u":
            return answer(fault.code or "UNKNOWN_EXCEPTION", "U")
        return answered

    def _done(self, name: str, body: Body, fault: Fault | None) -> Answer:
        try:
            if name == "pay":
                return pay(self._life, body, self._public_url())
            if name == "capture":
                return capture(self._life, body, fault)
            if name == NOTIFICATION_LIST:
                return notification_list(self._life, body)
            return (cancel if name == "cancel" else inquiry)(self._life, body)
        except Refused as refused:
            return _refusal(refused)

    def _instead(self, name: str, body: Body, fault: Fault) -> Answer | None:
        """The ordered code without the act. A failed request id stays failed (Antom: idempotency)."""
        if fault.fault == "code_u":
            return answer(fault.code or "UNKNOWN_EXCEPTION", "U")
        if fault.fault != "code_f":
            return None
        refused = Refused(fault.code or "PROCESS_FAIL")
        try:
            if refused.code not in WITHOUT_TRACE and name == "pay" and self._payment(body) is None:
                return pay(self._life, body, self._public_url(), refused)
            if refused.code not in WITHOUT_TRACE and name == "capture":
                self._reject_capture(body, refused)
        except Refused as unreadable:
            return _refusal(unreadable)
        return _refusal(refused)

    def _reject_capture(self, body: Body, refused: Refused) -> None:
        """A capture that fails for good; a code that says the authorization is gone makes it so."""
        reject_capture(self._life, body, refused)
        payment = self._payment(body)
        if payment is not None and refused.code in AUTHORIZATION_GONE:
            self._life.lapse(payment)

    def _spoiled(self, answered: Answer | None, fault: Fault | None, path: str) -> Reply:
        kind = fault.fault if fault else ""
        if kind in ("http_500", "act_and_500"):
            return unsigned(b'{"message":"internal error"}', 500)
        if answered is None or kind == "act_and_drop":
            return Reply(cut_after=0)
        content = encoded(_falsified(answered, kind))
        if kind == "garbage":
            return signed(b"<html>502 Bad Gateway</html>", path, self._keys)
        if kind == "unsigned":
            return unsigned(content)
        reply = signed(content, path, self._keys, over=b"{}" if kind == "bad_signature" else None)
        return replace(reply, cut_after=len(content) // 2) if kind == "truncated" else reply


def _falsified(answered: Answer, kind: str) -> Answer:
    if kind == "wrong_amount":
        return with_wrong_amounts(answered)
    if kind == "indiscreet":
        return indiscreet(answered)
    return {**answered, "transactions": None} if kind == "without_captures" else answered


def _refusal(refused: Refused) -> Answer:
    return answer(refused.code, refused.status, refused.message)
