"""The operation inquireNotificationList (Antom)."""

from datetime import datetime, timedelta

from holdfast.antom.base import parse_time
from simulator.http.body import Answer, Body, Refused, success
from simulator.notifications.notification import Notification
from simulator.payment_lifecycle import PaymentLifecycle

RETENTION = timedelta(days=30)
DEFAULT_PAGE_SIZE = 10
MAX_PAGE_SIZE = 100


def notification_list(lifecycle: PaymentLifecycle, body: Body) -> Answer:
    """Returns one page of the notifications, delivered or not, the newest first."""
    matching = [
        each for each in reversed(lifecycle.notifier.notifications) if _matches(lifecycle, each, body)
    ]
    ids = [each.event_id for each in matching]
    after = body.optional("startingAfter", 64)
    if after and after not in ids:
        raise Refused("PARAM_ILLEGAL", "startingAfter: no event of an earlier page")
    begin = ids.index(after) + 1 if after else 0
    page = matching[begin : begin + _limit(body)]
    has_more = begin + len(page) < len(matching)
    return success(
        notifications=[_event(each) for each in page],
        hasMore=has_more,
        nextStartingAfter=page[-1].event_id if has_more else None,
    )


def _matches(lifecycle: PaymentLifecycle, notification: Notification, body: Body) -> bool:
    wanted, oldest = body.at("notifyType"), lifecycle.clock.now() - RETENTION
    if isinstance(wanted, list) and wanted and notification.type not in wanted:
        return False
    begin = max(_moment(body, "eventCreateTimeFrom") or oldest, oldest)
    end = _moment(body, "eventCreateTimeTo") or lifecycle.clock.now()
    return begin <= notification.created_at <= end


def _moment(body: Body, path: str) -> datetime | None:
    text = body.text(path)
    moment = parse_time(text)
    if text and moment is None:
        raise Refused("PARAM_ILLEGAL", f"{path}: ISO-8601 with an offset")
    return moment


def _limit(body: Body) -> int:
    limit = body.at("limit")
    if limit is None:
        return DEFAULT_PAGE_SIZE
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= MAX_PAGE_SIZE:
        raise Refused("PARAM_ILLEGAL", f"limit: 1 to {MAX_PAGE_SIZE}")
    return limit


def _event(notification: Notification) -> Answer:
    return {
        "eventId": notification.event_id,
        "notifyType": notification.type,
        "eventCreateTime": f"{notification.created_at:%Y-%m-%dT%H:%M:%S}Z",
        "deliveryStatus": "DELIVERED" if notification.acknowledged else "PENDING",
        "notificationData": notification.body,
    }
