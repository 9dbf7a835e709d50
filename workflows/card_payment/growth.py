"""Decides when a payment continues as new, so that its history stays below the server's limits.

The server suggests it (by default after 4,096 events, 4 MB or nearly all updates of a run), long before it
refuses signals (10,000) or ends the workflow (51,200 events, 50 MB). The suggestion is part of the history,
so that a replay decides as the original did, and a namespace can change it without a release
(`limit.historyCount.suggestContinueAsNew`).
"""

from datetime import datetime

from temporalio import workflow

from holdfast.statuses.payment_status import PaymentStatus as S
from workflows.card_payment.background_tasks import BackgroundTasks
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.payment_state import PaymentState
from workflows.card_payment.suggestion import is_suggested
from workflows.timing import HANDLER_PATIENCE


class HistoryGrowth:
    """Whether the history of one payment has grown so far that its workflow continues as new."""

    def __init__(self, state: PaymentState, inquirer: Inquirer, background: BackgroundTasks) -> None:
        self._state = state
        self._inquirer = inquirer
        self._background = background
        self._suggested_at: datetime | None = None

    @property
    def is_new(self) -> bool:
        """Whether the server suggests it and :meth:`begin` was not called yet."""
        return self._suggested_at is None and is_suggested()

    def begin(self) -> None:
        """Records the time from which callers are answered for the sake of the next run."""
        self._suggested_at = workflow.now()

    @property
    def is_overdue(self) -> bool:
        """Whether callers no longer wait in this run, so that a stream of calls cannot prevent its end."""
        return self._suggested_at is not None and workflow.now() - self._suggested_at >= HANDLER_PATIENCE

    @property
    def may_continue(self) -> bool:
        """Whether the workflow can continue as new once its step has left its wait.

        No caller waits for an answer in this run, and nothing is in flight whose outcome would be lost.
        """
        is_quiet = (
            workflow.all_handlers_finished()
            and self._background.is_paused
            and not self._inquirer.is_refreshing
        )
        return is_suggested() and is_quiet and not self._is_calling

    @property
    def _is_calling(self) -> bool:
        """Whether the step makes calls that it has to finish.

        A cancellation takes minutes, and a pay call that is not sent takes `completeWithin` at most.
        """
        state = self._state
        return state.status is S.CANCELLING or (state.status is S.AUTHORIZING and not state.is_unconfirmed)
