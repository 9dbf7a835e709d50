"""The gateway: whether it can be reached, whether it accepts our signature and we its, and its clock.

A signed inquiry about a payment that does not exist shows all of it and changes nothing.
"""

import secrets
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from holdfast.antom.accepted_answers import DEFAULT_SKEW
from holdfast.antom.account import GatewayAccount
from holdfast.antom.client import AntomClient, Timeouts
from holdfast.antom.models import InquiryPaymentRequest, InquiryPaymentResponse
from holdfast.antom.outcome import DidNotHappen, Happened, Outcome, Unknown
from holdfast.cli.doctor.check import Area, Check, ok, problem, warning

SECONDS = 10.0
TOLERATED = timedelta(seconds=5)
"""A difference of clocks that needs no person: the header has whole seconds, and the answer takes time."""
_REFUSALS = frozenset(
    {"SIGNATURE_INVALID", "INVALID_SIGNATURE", "CLIENT_INVALID", "INVALID_CLIENT"}
    | {"KEY_NOT_FOUND", "ACCESS_DENIED"}
)
"""The codes with which the gateway refuses a caller (Antom: result codes)."""
_NETWORK = "Check ANTOM_GATEWAY_URL, the firewall, and that this machine can reach the gateway."


async def gateway_checks(alias: str, account: GatewayAccount) -> list[Check]:
    """Returns the checks of one account's gateway."""
    return [await _clock_check(alias, account), await _call_check(alias, account)]


async def _call_check(alias: str, account: GatewayAccount) -> Check:
    request = InquiryPaymentRequest(paymentRequestId=f"holdfast-doctor-{secrets.token_hex(8)}")
    timeouts = Timeouts(connect=SECONDS, read=SECONDS, total=2 * SECONDS)
    async with AntomClient(account, timeouts=timeouts) as client:
        return call_finding(f"signed call of {alias}", await client.inquire_payment(request))


def call_finding(name: str, outcome: Outcome[InquiryPaymentResponse]) -> Check:
    """Returns the check of an inquiry's outcome."""
    match outcome:
        case DidNotHappen(reason):
            return problem(Area.GATEWAY, name, f"the gateway cannot be reached ({reason})", _NETWORK)
        case Happened(response) if response.result.resultCode not in _REFUSALS:
            return ok(Area.GATEWAY, name, "the gateway accepts your signature, and its answer is genuine")
        case Happened(response):
            return _refused(name, response.result.resultCode)
        case Unknown(reason, code):
            return _refused(name, code) if code in _REFUSALS else _unusable(name, reason)


def _refused(name: str, code: str | None) -> Check:
    advice = (
        "Register the public key of ANTOM_MERCHANT_PRIVATE_KEY in the gateway's dashboard, under the client "
        "id of ANTOM_CLIENT_ID."
    )
    return problem(Area.GATEWAY, name, f"the gateway refuses your signature or client id ({code})", advice)


def _unusable(name: str, reason: str) -> Check:
    advice = _NETWORK
    if "signature" in reason:
        advice = "Copy ANTOM_PUBLIC_KEY, the gateway's key, from its dashboard again."
    elif "response-time" in reason:
        advice = "Synchronize the clock of this machine (NTP)."
    return problem(Area.GATEWAY, name, f"the gateway's answer does not count: {reason}", advice)


async def _clock_check(alias: str, account: GatewayAccount) -> Check:
    name = f"clock of {alias}"
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=SECONDS) as http:
            answer = await http.get(account.gateway_url)
        gateway_time = parsedate_to_datetime(answer.headers.get("date", ""))
    except httpx.HTTPError as error:
        finding = f"the gateway cannot be reached ({type(error).__name__})"
        return problem(Area.GATEWAY, name, finding, _NETWORK)
    except ValueError:
        return warning(Area.GATEWAY, name, "the gateway's answer has no time", "Check that NTP is running.")
    return clock_finding(name, gateway_time, datetime.now(UTC))


def clock_finding(name: str, gateway_time: datetime, now: datetime) -> Check:
    """Returns the check of this machine's clock against the time in an answer's `Date` header."""
    difference = abs(now - (gateway_time if gateway_time.tzinfo else gateway_time.replace(tzinfo=UTC)))
    finding = f"this machine's clock and the gateway's differ by {int(difference.total_seconds())} s"
    if difference > DEFAULT_SKEW:
        advice = "Synchronize the clock of this machine (NTP): no answer of the gateway counts."
        return problem(Area.GATEWAY, name, finding, advice)
    if difference > TOLERATED:
        return warning(Area.GATEWAY, name, finding, "Synchronize the clock of this machine (NTP).")
    return ok(Area.GATEWAY, name, finding)
