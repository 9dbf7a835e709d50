"""The activities that call the gateway. Each sends one signed request and returns the answer."""

from collections.abc import Callable, Mapping, Sequence

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.calls import (
    CANCEL,
    CAPTURE,
    FORGET_CARD,
    INQUIRE,
    PAY,
    WATCH,
    CancelCall,
    CancelResult,
    CaptureCall,
    CaptureResult,
    Failure,
    InquireCall,
    PayCall,
    PayResult,
    WatchCall,
)
from activities.card_vault.cards import CardAccess
from activities.earlier_sends import may_have_been_sent
from activities.errors import NOT_CONFIGURED, UNUSABLE_CARD, failing_unsent, not_yet, too_late, unwrap
from activities.gateway.pay_deadline import PayDeadline
from activities.gateway.pay_request import pay_request
from activities.gateway.watch import is_decided, pause_after
from activities.heartbeat import heartbeating
from holdfast.antom.client import AntomClient
from holdfast.antom.models import CancelRequest, GatewayCaptureRequest, InquiryPaymentRequest, ResultStatus
from holdfast.card_vault import CardVault
from holdfast.source import Source
from settlement.gateway_record import GatewayRecord
from settlement.translation import from_capture, from_inquiry, from_missing_card, from_pay


class GatewayActivities:
    """The gateway's activities, with a client for each merchant account.

    Args:
        clients: The clients by merchant account.
        notify_url: The public URL of the webhook.
        vault: The card vault; None where this worker has none.
    """

    def __init__(self, clients: Mapping[str, AntomClient], notify_url: str, vault: CardVault | None) -> None:
        self._clients = clients
        self._notify_url = notify_url.rstrip("/")
        self._cards = CardAccess(vault)

    def all(self) -> Sequence[Callable[..., object]]:
        """Returns the activities that a worker registers."""
        return [self.pay, self.forget_card, self.inquire, self.watch, self.capture, self.cancel]

    @activity.defn(name=PAY)
    async def pay(self, call: PayCall) -> PayResult:
        """Authorizes one attempt. Its card is deleted from the vault once the attempt has an outcome.

        Raises:
            ApplicationError: `TooLate` where the buyer's time has passed, `NeverSent` where the call is not
                sent for another reason; both only where no earlier send is possible. Otherwise `NotSent` or
                `OutcomeUnknown`.
        """
        running, reference = activity.info(), call.order.paymentMethod.cardReference
        is_repeat = may_have_been_sent(call.earlierSends, running)
        deadline = PayDeadline(call.expiresAt, running)
        _refuse_late(deadline, may_have_been_sent=is_repeat)
        async with heartbeating():
            try:
                with failing_unsent(may_have_been_sent=is_repeat):
                    client, card = self._client(call.order.merchantAccount), await self._cards.read(reference)
                    request = pay_request(call.order, call.paymentRequestId, self._notify_url, card)
            except UNUSABLE_CARD as error:
                await self._cards.delete(reference)
                missing = from_missing_card(call.paymentRequestId, str(error))
                # an inquiry confirms it: a database that was restored from a backup lacks earlier sends
                return PayResult(evidence=missing, repeated=True)
            _refuse_late(deadline, may_have_been_sent=is_repeat)
            outcome = await client.pay(request, start_within=deadline.seconds_left)
            with failing_unsent(may_have_been_sent=is_repeat):
                answer = unwrap(outcome)
            await self._cards.delete(reference)
        evidence = from_pay(answer, call.paymentRequestId, call.expiresAt)
        return PayResult(evidence=evidence, repeated=is_repeat)

    @activity.defn(name=FORGET_CARD)
    async def forget_card(self, card_reference: str) -> None:
        """Deletes the card of a pay call that will not be repeated."""
        await self._cards.delete(card_reference)

    @activity.defn(name=INQUIRE)
    async def inquire(self, call: InquireCall) -> GatewayRecord:
        """Inquires once."""
        return await self._inquire(call)

    @activity.defn(name=WATCH)
    async def watch(self, call: WatchCall) -> GatewayRecord:
        """Inquires until decided.

        A try that decides nothing fails retryably with the pause before the next one, so that a wait of weeks
        has the same history as a wait of seconds.
        """
        record = await self._inquire(call.inquiry)
        if is_decided(record, call):
            return record
        raise not_yet(pause_after(activity.info().attempt, call))

    @activity.defn(name=CAPTURE)
    async def capture(self, call: CaptureCall) -> CaptureResult:
        """Captures money of an authorization."""
        request = GatewayCaptureRequest(
            captureRequestId=call.captureRequestId,
            paymentId=call.paymentId,
            captureAmount=call.captureAmount,
            isLastCapture=call.isLastCapture,
        )
        async with heartbeating():
            answer = unwrap(await self._client(call.merchantAccount).capture(request))
        evidence = from_capture(answer, Source.CAPTURE_RESPONSE, call.captureRequestId)
        is_repeat = may_have_been_sent(call.earlierSends, activity.info())
        return CaptureResult(evidence=evidence, repeated=is_repeat)

    @activity.defn(name=CANCEL)
    async def cancel(self, call: CancelCall) -> CancelResult:
        """Voids an authorization, or closes a payment that the buyer has not finished."""
        request = CancelRequest(paymentRequestId=call.paymentRequestId)
        async with heartbeating():
            result = unwrap(await self._client(call.merchantAccount).cancel(request)).result
        status = result.resultStatus
        accepted, refused = status == ResultStatus.S, status == ResultStatus.F
        return CancelResult(accepted=accepted, refused=refused, code=result.resultCode)

    async def _inquire(self, call: InquireCall) -> GatewayRecord:
        request = InquiryPaymentRequest(paymentRequestId=call.paymentRequestId)
        async with heartbeating():
            answer = unwrap(await self._client(call.merchantAccount).inquire_payment(request))
        return from_inquiry(answer, call.paymentRequestId, call.expiresAt)

    def _client(self, merchant_account: str) -> AntomClient:
        """Returns the account's client.

        Raises a retryable error where the account is not configured: an open payment waits until it is again.
        """
        try:
            return self._clients[merchant_account]
        except KeyError:
            raise ApplicationError(NOT_CONFIGURED, type=Failure.NOT_SENT) from None


def _refuse_late(deadline: PayDeadline, *, may_have_been_sent: bool) -> None:
    """Raises the error of a late call where the deadline has passed, as it also can while a card is read."""
    if deadline.has_passed:
        raise too_late(may_have_been_sent=may_have_been_sent)
