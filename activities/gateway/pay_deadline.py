"""The time after which a pay call is not sent, by the clock of the Temporal server."""

import time
from datetime import datetime

from temporalio import activity


class PayDeadline:
    """The deadline of one pay call, for one try of its activity.

    The server's clock decides, which also sets the deadline: the try began at the server's time
    `started_time`, and this machine's clock only measures how long ago that was.
    """

    def __init__(self, expires_at: datetime, running: activity.Info) -> None:
        self._seconds = (expires_at - running.started_time).total_seconds()
        self._began = time.monotonic()

    @property
    def seconds_left(self) -> float:
        """The seconds until the deadline; 0 once it has passed."""
        return max(0.0, self._seconds - (time.monotonic() - self._began))

    @property
    def has_passed(self) -> bool:
        """Whether the deadline has passed."""
        return self.seconds_left == 0.0
