"""How long a payment waits for whom. Durations of the gateway's guides are named where they come from."""

from datetime import timedelta

CALL = timedelta(seconds=65)
"""One gateway call, above the client's own limits: for its turn, and for connecting, sending and reading."""
HEARTBEAT = timedelta(seconds=5)
"""How soon a worker that died in the middle of a call is noticed."""
CAPTURE_ANSWER = timedelta(seconds=20)
"""How long a merchant's capture request waits before it is answered as pending."""

ABSENT_TIMES = 3
ABSENT_PAUSE = timedelta(seconds=15)
"""A request id that the gateway does not know this often, this far apart, never arrived (Antom: codes of
inquiryPayment)."""

PENDING_LIMIT = timedelta(days=7)
"""How long the gateway may work on a payment that the buyer has finished (Antom: PAYMENT_PENDING)."""
AUTHORIZATION_LIFE = timedelta(days=7)
"""How long a hold lasts where the gateway told no `authExpiryTime` (Antom: capture)."""
BEFORE_EXPIRY = timedelta(hours=1)
"""How long before `authExpiryTime` an uncaptured authorization is acted upon."""

CAPTURE_EVIDENCE = timedelta(hours=24)
"""How long a capture may stay without evidence before a person is asked to look: the gateway re-sends its
notifications for 24 hours."""

CANCEL_TRIES = 3
CANCEL_PAUSE = timedelta(seconds=10)
"""A cancel is repeated at most three times in a row (Antom: cancel)."""

LIST_LAG = timedelta(seconds=10)
"""How long Temporal's list of workflows may need to show what has happened: a second or so, as a rule."""
SILENCE_PAUSE = timedelta(minutes=1)
SILENCE_LONGEST = timedelta(hours=1)
"""How long a reconciliation waits for a gateway that answers nothing at all."""
ASK_LATER = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
"""How long before what was not answered is asked again, at the end of a reconciliation."""

QUESTION_PAUSE = timedelta(minutes=1)
QUESTION_LONGEST = timedelta(hours=6)
"""How often a question is asked again that the gateway has not answered."""
