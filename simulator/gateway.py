"""Processes one gateway call, from its raw request to its answer, and injects the faults for it."""

from collections.abc import Callable
from dataclasses import replace

from holdfast.antom.endpoints import Operation, path_for
from simulator.answer_times import AnswerTimes
from simulator.card_data_leak import with_card_data
from simulator.expiry_faults import with_changed_expiry
from simulator.faults import NOTIFICATION_LIST, REPLAYS, Fault
from simulator.http.body import Answer, Body, Refused, answer
from simulator.http.wire import (
    RawReply,
    RawRequest,
    encoded,
    read_body,
    reject_unauthenticated,
    signed,
    unsigned,
)
from simulator.keys import Keys
from simulator.notifications.content import with_wrong_amounts
from simulator.operations.cancel import cancel
from simulator.operations.capture import capture, reject_capture
from simulator.operations.inquiry import inquiry
from simulator.operations.notification_list import notification_list
from simulator.operations.pay import pay
from simulator.payment_lifecycle import PaymentLifecycle
from simulator.recording.calls import Call, CallLog
from simulator.recording.refusal_reason import refusal_reason
from simulator.replays import UNCHANGED_FAULTS, SignedAnswers, stale_time
from simulator.state import Payment

NOT_DONE = ("drop_before", "http_500", "code_u", "code_f", "replayed")
# the request itself is rejected: the gateway stores no payment and no request id
UNRECORDED_CODES = frozenset(
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
# a capture is rejected because the authorization has ended
AUTHORIZATION_ENDED_CODES = frozenset(["AUTH_EXPIRED", "AUTH_CANCELLED", "ORDER_IS_CANCELED"])


class Gateway:
    """Answers pay, inquiryPayment, capture, cancel and inquireNotificationList of one merchant."""

    def __init__(
        self,
        keys: Keys,
        lifecycle: PaymentLifecycle,
        calls: CallLog,
        public_url: Callable[[], str],
        times: AnswerTimes,
    ) -> None:
        self._keys = keys
        self._lifecycle = lifecycle
        self._calls = calls
        self._public_url = public_url
        self._times = times
        self._answers = SignedAnswers(keys)

    async def reply(self, request: RawRequest) -> RawReply:
        """Answers one call. Rejections have HTTP status 200, like every result of the gateway."""
        call = self._calls.begin(request)
        reply = await self._answer(call, request)
        self._calls.end(call, reply)
        return reply

    async def _answer(self, call: Call, request: RawRequest) -> RawReply:
        if (refusal := reject_unauthenticated(request, self._keys)) is not None:
            call.record_result(refusal)
            call.record_refusal(refusal_reason(request, self._keys))
            return unsigned(encoded(refusal))
        try:
            name, body = self._read(request)
        except Refused as refused:
            call.record_result(_refusal(refused))
            return self._signed(encoded(_refusal(refused)), request.path)
        return await self._process(call, name, body, request.path)

    async def _process(self, call: Call, name: str, body: Body, path: str) -> RawReply:
        """Processes a readable call, with the first fault that matches it, and logs it."""
        call.record_ids(body)
        fault = self._lifecycle.faults.take(name, self._ids(body))
        call.record_fault(fault)
        notified = self._lifecycle.notification_count
        answered = await self._perform(name, body, fault)
        if (payment := self._payment(body)) is not None:
            await self._lifecycle.wait_for_overtaking(payment, notified)
        call.record_result(answered)
        return self._apply_fault(answered, fault, path, body)

    def _read(self, request: RawRequest) -> tuple[str, Body]:
        """Returns the name of the operation, by the path of the client id's environment, and the body."""
        for operation in Operation:
            if request.path == path_for(operation, self._keys.client_id):
                return operation.value.rsplit("/", 1)[-1], read_body(request)
        raise Refused("INVALID_API", "The called API is invalid or not active.")

    def _payment(self, body: Body) -> Payment | None:
        return self._lifecycle.store.find(body.text("paymentId"), body.text("paymentRequestId"))

    def _ids(self, body: Body) -> list[str]:
        """Returns all ids that the `match` of a fault is compared with."""
        found = self._payment(body)
        ids = [
            body.text("captureRequestId"),
            body.text("paymentRequestId"),
            body.text("order.referenceOrderId"),
        ]
        return [*ids, found.request_id, found.payment_id, found.order_id] if found else ids

    async def _perform(self, name: str, body: Body, fault: Fault | None) -> Answer | None:
        """Processes the call unless the fault prevents it. Returns None where there is no answer."""
        kind = fault.fault if fault else ""
        if fault and kind == "delay":
            await self._lifecycle.clock.sleep_unless(fault.ended, fault.seconds)
        if fault and kind in NOT_DONE:
            answered = self._answer_without_processing(name, body, fault)
        else:
            answered = self._execute(name, body, fault)
        if found := self._payment(body):
            found.counts[name] = found.counts.get(name, 0) + 1
        if fault and kind == "act_and_delay":
            await self._lifecycle.clock.sleep_unless(fault.ended, fault.seconds)
        if fault and kind == "act_and_code_u":
            return answer(fault.code or "UNKNOWN_EXCEPTION", "U")
        if fault and kind == "act_and_code_f":
            return answer(fault.code or "PROCESS_FAIL", "F")
        return answered

    def _execute(self, name: str, body: Body, fault: Fault | None) -> Answer:
        try:
            if name == "pay":
                return pay(self._lifecycle, body, self._public_url())
            if name == "capture":
                return capture(self._lifecycle, body, fault)
            if name == NOTIFICATION_LIST:
                return notification_list(self._lifecycle, body)
            return (cancel if name == "cancel" else inquiry)(self._lifecycle, body)
        except Refused as refused:
            return _refusal(refused)

    def _answer_without_processing(self, name: str, body: Body, fault: Fault) -> Answer | None:
        """Returns the result of the fault. A failed request id stays failed (Antom: idempotency)."""
        if fault.fault == "code_u":
            return answer(fault.code or "UNKNOWN_EXCEPTION", "U")
        if fault.fault != "code_f":
            return None
        refused = Refused(fault.code or "PROCESS_FAIL")
        try:
            if refused.code not in UNRECORDED_CODES and name == "pay" and self._payment(body) is None:
                return pay(self._lifecycle, body, self._public_url(), refused)
            if refused.code not in UNRECORDED_CODES and name == "capture":
                self._reject_capture(body, refused)
        except Refused as invalid:
            return _refusal(invalid)
        return _refusal(refused)

    def _reject_capture(self, body: Body, refused: Refused) -> None:
        """Fails a capture permanently, and ends the authorization where the code says that it has ended."""
        reject_capture(self._lifecycle, body, refused)
        payment = self._payment(body)
        if payment is not None and refused.code in AUTHORIZATION_ENDED_CODES:
            self._lifecycle.expire_now(payment)

    def _apply_fault(self, answered: Answer | None, fault: Fault | None, path: str, body: Body) -> RawReply:
        kind, payment = fault.fault if fault else "", self._payment(body)
        request_id = payment.request_id if payment else ""
        if fault and kind in REPLAYS:
            return self._answers.replay(path, request_id, fault)
        if kind in ("http_500", "act_and_500"):
            return unsigned(b'{"message":"internal error"}', 500)
        if answered is None or kind == "act_and_drop":
            return RawReply(abort_after=0)
        content = encoded(_altered(answered, fault) if fault else answered)
        if kind == "garbage":
            return self._signed(b"<html>502 Bad Gateway</html>", path)
        if kind == "unsigned":
            return unsigned(content)
        if kind == "stale_time":
            return signed(content, path, self._keys, time=stale_time(fault))
        reply = self._signed(content, path, over=b"{}" if kind == "bad_signature" else None)
        if kind in UNCHANGED_FAULTS:
            self._answers.keep(path, answered, request_id, reply)
        return replace(reply, abort_after=len(content) // 2) if kind == "truncated" else reply

    def _signed(self, content: bytes, path: str, over: bytes | None = None) -> RawReply:
        return signed(content, path, self._keys, time=self._times.choose(path, content), over=over)


def _altered(answered: Answer, fault: Fault) -> Answer:
    if fault.fault == "wrong_amount":
        return with_wrong_amounts(answered)
    if fault.fault == "indiscreet":
        return with_card_data(answered)
    if fault.fault == "without_captures":
        return {**answered, "transactions": None}
    return with_changed_expiry(answered, fault)


def _refusal(refused: Refused) -> Answer:
    return answer(refused.code, refused.status, refused.message)
