"""Every fault in words: what it does, and what its seconds and its code mean."""

from dataclasses import dataclass

from simulator.faults import CALLS, NOTIFICATION_LIST, RISK_REVIEW

TARGETS = {
    "pay": "Pay calls",
    "inquiryPayment": "Inquiries",
    "capture": "Captures",
    "cancel": "Cancellations",
    "any": "Any call: pay, inquiry, capture or cancel",
    NOTIFICATION_LIST: "Lists of notifications",
    "notification": "Notifications",
    "automaticCapture": "The gateway's automatic capture",
    RISK_REVIEW: "The gateway's risk review",
}
"""What a fault is injected into, in the order of the form."""


@dataclass(frozen=True)
class FaultWords:
    """A fault's title, what it does, and the meaning of `seconds` and `code`, empty where it has none."""

    title: str
    effect: str
    seconds: str = ""
    code: str = ""


_CODE = "Result code in place of"
_CALLS = {
    "drop_before": FaultWords(
        "Lost on the way", "The call is not processed, and the connection ends without an answer."
    ),
    "http_500": FaultWords("Server error", "The call is not processed. The answer is HTTP 500."),
    "code_u": FaultWords(
        "Unknown result", "The call is not processed. The answer is U.", code=f"{_CODE} UNKNOWN_EXCEPTION"
    ),
    "code_f": FaultWords(
        "Failure",
        "The call is not processed. The answer is F, and the request id stays failed.",
        code=f"{_CODE} PROCESS_FAIL",
    ),
    "act_and_drop": FaultWords(
        "Lost answer", "The call is processed, and the connection ends without an answer."
    ),
    "act_and_500": FaultWords(
        "Server error after processing", "The call is processed. The answer is HTTP 500."
    ),
    "act_and_code_u": FaultWords(
        "Unknown result after processing",
        "The call is processed. The answer is U.",
        code=f"{_CODE} UNKNOWN_EXCEPTION",
    ),
    "garbage": FaultWords("Answer is not JSON", "The call is processed. The answer is a signed HTML page."),
    "truncated": FaultWords(
        "Answer ends in the middle",
        "The call is processed. Half of the answer arrives.",
    ),
    "unsigned": FaultWords("Answer without a signature", "The call is processed. The answer is not signed."),
    "bad_signature": FaultWords(
        "Answer with a wrong signature", "The call is processed. The signature belongs to another body."
    ),
    "wrong_amount": FaultWords(
        "Wrong amount", "The call is processed. Every amount of the answer is one minor unit too high."
    ),
    "stale_time": FaultWords(
        "Old answer",
        "The call is processed. The signed answer has a time in the past.",
        seconds="How old the answer is; 0 means one hour",
    ),
    "replayed": FaultWords(
        "Earlier answer again, not processed",
        "The call is not processed. The answer is an earlier signed one to the same operation.",
        seconds="How old ORDER_NOT_EXIST is, where there is no earlier answer; 0 means one hour",
        code="Only an answer with this result code",
    ),
    "act_and_replayed": FaultWords(
        "Earlier answer again, processed",
        "The call is processed. The answer is an earlier signed one to the same operation.",
        seconds="How old ORDER_NOT_EXIST is, where there is no earlier answer; 0 means one hour",
        code="Only an answer with this result code",
    ),
    "delay": FaultWords(
        "Slow before processing", "Time passes, then the call is processed.", seconds="How long it takes"
    ),
    "act_and_delay": FaultWords(
        "Slow answer", "The call is processed, then time passes.", seconds="How long it takes"
    ),
    "act_and_code_f": FaultWords(
        "False failure",
        "The call is processed, and the answer says that it failed.",
        code=f"{_CODE} PROCESS_FAIL",
    ),
    "indiscreet": FaultWords(
        "Card data in the answer", "The call is processed. The answer has card data in further fields."
    ),
    "without_captures": FaultWords("Captures are missing", "The answer lists no capture yet."),
    "in_process": FaultWords(
        "Capture decided later",
        "The answer is U. The capture is decided afterwards, and notified.",
        seconds="When it is decided",
        code="Result code of a failure; none for a success",
    ),
    "taken_back": FaultWords(
        "Capture taken back",
        "The capture succeeds, and is reversed afterwards.",
        seconds="When it is reversed",
        code=f"{_CODE} PROCESS_FAIL",
    ),
}
_EXPIRY = {
    "without_expiry": FaultWords("No end of the authorization", "authExpiryTime is absent."),
    "earlier_expiry": FaultWords(
        "Authorization seems to end earlier",
        "authExpiryTime is too early. The authorization ends when it would without the fault.",
        seconds="How much too early",
    ),
    "later_expiry": FaultWords(
        "Authorization seems to end later",
        "authExpiryTime is too late. The authorization ends when it would without the fault.",
        seconds="How much too late",
    ),
    "expiry_before_payment": FaultWords(
        "Authorization ends before the payment",
        "authExpiryTime is before paymentTime, or equal to it.",
        seconds="How long before the payment; 0 means at its time",
    ),
}
_NOTIFICATIONS = {
    "none": FaultWords("Never sent", "The notification is not sent at all."),
    "duplicate": FaultWords("Sent twice", "The notification is sent two times."),
    "delay": FaultWords("Sent late", "The notification is sent later.", seconds="How much later"),
    "reorder": FaultWords(
        "In the wrong order",
        "The capture result is sent before the payment result.",
        seconds="How long it waits for the capture result; 0 means 30 seconds",
    ),
    "overtakes": FaultWords(
        "Before the answer",
        "The notification arrives before the answer to the call that caused it.",
        seconds="How much before",
    ),
    "forged": FaultWords(
        "Forged notification first",
        "The opposite result arrives first, with a wrong signature.",
    ),
    "wrong_amount": FaultWords("Wrong amount in it", "Every amount is one minor unit too high."),
}
_AUTOMATIC_CAPTURE = {
    "none": FaultWords("Never captured", "The gateway does not capture the payment."),
    "delay": FaultWords("Captured late", "The gateway captures later.", seconds="How much later"),
    "code_f": FaultWords(
        "Capture fails", "The gateway's capture fails, and is notified.", code=f"{_CODE} PROCESS_FAIL"
    ),
}
_RISK_REVIEW = {
    "processing": FaultWords(
        "Under risk review",
        "The authorization is under a risk review, which is decided afterwards and notified.",
        seconds="When it is decided",
        code="ACCEPT or REJECT; none leaves it undecided",
    )
}
_WORDS = {
    **{on: {**_CALLS, **_EXPIRY} for on in (*CALLS, "any", NOTIFICATION_LIST)},
    "notification": {**_NOTIFICATIONS, **_EXPIRY},
    "automaticCapture": _AUTOMATIC_CAPTURE,
    RISK_REVIEW: _RISK_REVIEW,
}


def fault_words(on: str, fault: str) -> FaultWords:
    """Returns the words of a fault. Raises KeyError where there is no such fault."""
    return _WORDS[on][fault]


def fault_title(on: str, fault: str) -> str:
    """Returns the title of a fault that was injected; empty for none."""
    return fault_words(on, fault).title if fault else ""
