"""The gateway's list of what it has notified, kept for 30 days whether or not it was delivered
(Antom: inquireNotificationList). The newest event comes first.
"""

from typing import Annotated

from pydantic import BeforeValidator, Field, JsonValue

from holdfast.antom.base import Id64, IsoTime, Received, ReceivedBool, Sent
from holdfast.antom.models.result import Answer


class NotificationListRequest(Sent):
    """Asks for one page. `startingAfter` is the last `eventId` of the page before, under the same filters."""

    notifyType: list[str] | None = None
    eventCreateTimeFrom: IsoTime
    """Included. Earlier than 30 days ago is taken for 30 days ago."""
    eventCreateTimeTo: IsoTime
    """Included."""
    limit: int | None = None
    """Events per page; the gateway's own choice is 10."""
    startingAfter: Id64 | None = None


class NotificationEvent(Received):
    """One event. `notificationData` is the notification as it was sent, or would have been."""

    eventId: str
    notifyType: str | None = None
    eventCreateTime: str | None = None
    deliveryStatus: str | None = None
    notificationData: dict[str, JsonValue] | None = Field(default=None, repr=False)


def _empty_when_null(value: object) -> object:
    return [] if value is None else value


class NotificationListResponse(Answer):
    """One page; the next one begins after `nextStartingAfter`, where `hasMore` says that there is one."""

    notifications: Annotated[list[NotificationEvent], BeforeValidator(_empty_when_null)] = Field(
        default_factory=list
    )
    hasMore: ReceivedBool = None
    nextStartingAfter: str | None = None
