"""A signed notification that no running payment could take: kept where an operator sees it."""

from pydantic import AwareDatetime, BaseModel, ConfigDict

from payments.notification import VerifiedNotification


class LateNotice(BaseModel):
    """The argument of the workflow `LateNotification`."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    merchantAccount: str
    paymentReference: str | None = None
    notifyType: str | None = None
    reason: str
    receivedAt: AwareDatetime
    facts: VerifiedNotification | None = None
