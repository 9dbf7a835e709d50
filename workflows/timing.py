"""The durations and limits of workflows. Where one is the gateway's, its guide is named."""

from datetime import timedelta

CALL = timedelta(seconds=65)
"""The timeout of one gateway call, above the client's own limits for the rate limiter, connecting,
sending and reading."""
HEARTBEAT = timedelta(seconds=5)
"""How soon the server detects a worker that crashed during a call."""
CAPTURE_ANSWER = timedelta(seconds=20)
"""How long a merchant's capture request waits before it is answered as pending."""

ABSENCE_ANSWERS = 3
ABSENCE_PAUSE = timedelta(seconds=15)
"""A request id that the gateway does not know this often in a row, this far apart, never arrived (Antom:
codes of inquiryPayment)."""
UNKNOWN_PAY_PAUSE = timedelta(seconds=15)
"""The first pause before the outcome of a pay call is inquired about again; each pause is twice the last."""

MISSING_CAPTURE_ANSWERS = 3
MISSING_CAPTURE_PAUSE = timedelta(seconds=15)
"""A capture that the gateway's record lacks this often in a row, this far apart, never arrived."""
UNKNOWN_CAPTURE_PAUSE = timedelta(seconds=30)
UNKNOWN_CAPTURE_LONGEST = timedelta(hours=6)
"""The pauses while inquiries about a capture stay without an answer."""
CAPTURE_REPEAT_PAUSE = timedelta(seconds=15)
CAPTURE_REPEAT_LONGEST = timedelta(hours=6)
"""The pauses before a capture is sent again under its own id."""
NOTIFIED_CAPTURE_ANSWERS = 3
"""Inquiries for a notified capture end when the gateway's record lacks it this often in a row."""

PENDING_LIMIT = timedelta(days=7)
"""How long the gateway may work on a payment that the buyer has finished (Antom: PAYMENT_PENDING)."""
UNKNOWN_EXPIRY_PAUSE = timedelta(minutes=5)
UNKNOWN_EXPIRY_LONGEST = timedelta(days=1)
"""The pauses between the inquiries about an authorization whose expiry the gateway has not reported."""

CAPTURE_EVIDENCE = timedelta(hours=24)
"""How long a capture may stay without evidence before the payment is flagged for review: the gateway re-sends
its notifications for 24 hours."""

CANCEL_TRIES = 3
CANCEL_PAUSE = timedelta(seconds=10)
"""A cancel is repeated at most three times in a row (Antom: cancel)."""
CANCEL_INQUIRIES = 3
CANCEL_INQUIRY_PAUSE = timedelta(seconds=15)
"""The number of inquiries for the confirmation of one cancel, and the pause between them."""

RELEASE_MARGIN = timedelta(hours=1)
"""How long after the certain end of a late authorization it is still cancelled again."""
RELEASE_PAUSE = timedelta(minutes=1)
RELEASE_LONGEST = timedelta(hours=6)
"""The pauses between two cancels of a late authorization."""

MISMATCH_PAUSE = timedelta(minutes=1)
MISMATCH_LONGEST = timedelta(hours=6)
"""The pauses between the inquiries about evidence that does not match."""

RECONCILE_ROUNDS = 3
"""How often a payment is compared with the gateway when it changes during the comparison."""

DIFFERENCE_CHECKS = 3
DIFFERENCE_PAUSE = timedelta(seconds=15)
"""A reconciliation reports a difference that it has found this often in a row, this far apart."""
LIST_LAG = timedelta(seconds=10)
"""How long Temporal's list of workflows can lag behind; about a second is usual."""
OUTAGE_PAUSE = timedelta(minutes=1)
OUTAGE_LONGEST = timedelta(hours=1)
"""The pauses of a reconciliation while the gateway answers nothing."""
UNANSWERED_PAUSES = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
"""The pauses before the inquiries that had no answer are repeated, at the end of a reconciliation."""
