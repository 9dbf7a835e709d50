"""The gateway's list of the notifications that it has sent (Antom: inquireNotificationList).

The gateway keeps them for 30 days, delivered or not. The newest event comes first.
"""

from typing import Annotated

from pydantic import BeforeValidator, Field, JsonValue

from holdfast.antom.base import Id64, IsoTime, OptionalBool, RequestModel, ResponseModel, empty_list_if_null
from holdfast.antom.models.result import ResultModel


class NotificationListRequest(RequestModel):
    """Requests one page; `startingAfter` is the last `eventId` of the previous page, with equal filters."""

    notifyType: list[str] | None = None
    eventCreateTimeFrom: IsoTime
    """Inclusive. The gateway treats a time more than 30 days ago as 30 days ago."""
    eventCreateTimeTo: IsoTime
    """Inclusive."""
    limit: int | None = None
    """Events per page; the gateway's default is 10."""
    startingAfter: Id64 | None = None


class NotificationEvent(ResponseModel):
    """One event; `notificationData` is the notification's body, whether or not it was delivered."""

    eventId: str
    notifyType: str | None = None
    eventCreateTime: str | None = None
    deliveryStatus: str | None = None
    notificationData: dict[str, JsonValue] | None = Field(default=None, repr=False)


class NotificationListResponse(ResultModel):
    """One page; while `hasMore` is true, the next page begins after `nextStartingAfter`."""

    notifications: Annotated[list[NotificationEvent], BeforeValidator(empty_list_if_null)] = Field(
        default_factory=list
    )
    hasMore: OptionalBool = None
    nextStartingAfter: str | None = None
