"""Antom: inquireNotificationList."""

from datetime import datetime, timedelta

from holdfast.antom.base import parse_time
from simulator.http.body import Answer, Body, Refused, success
from simulator.notifier import Sent
from simulator.payment_lifecycle import Life

KEPT_FOR = timedelta(days=30)
ON_A_PAGE = 10
MOST_ON_A_PAGE = 100


def notification_list(life: Life, body: Body) -> Answer:
    """One page of what was notified, delivered or not; the newest first."""
    matching = [sent for sent in reversed(life.notifier.sent) if _matches(life, sent, body)]
    ids = [sent.event_id for sent in matching]
    after = body.optional("startingAfter", 64)
    if after and after not in ids:
        raise Refused("PARAM_ILLEGAL", "startingAfter: no event of an earlier page")
    begin = ids.index(after) + 1 if after else 0
    page = matching[begin : begin + _limit(body)]
    has_more = begin + len(page) < len(matching)
    return success(
        notifications=[_event(sent) for sent in page],
        hasMore=has_more,
        nextStartingAfter=page[-1].event_id if has_more else None,
    )


def _matches(life: Life, sent: Sent, body: Body) -> bool:
    wanted, oldest = body.at("notifyType"), life.clock.now() - KEPT_FOR
    if isinstance(wanted, list) and wanted and sent.type not in wanted:
        return False
    begin = max(_moment(body, "eventCreateTimeFrom") or oldest, oldest)
    end = _moment(body, "eventCreateTimeTo") or life.clock.now()
    return begin <= sent.created_at <= end


def _moment(body: Body, path: str) -> datetime | None:
    text = body.text(path)
    moment = parse_time(text)
    if text and moment is None:
        raise Refused("PARAM_ILLEGAL", f"{path}: ISO-8601 with an offset")
    return moment


def _limit(body: Body) -> int:
    limit = body.at("limit")
    if limit is None:
        return ON_A_PAGE
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= MOST_ON_A_PAGE:
        raise Refused("PARAM_ILLEGAL", f"limit: 1 to {MOST_ON_A_PAGE}")
    return limit


def _event(sent: Sent) -> Answer:
    return {
        "eventId": sent.event_id,
        "notifyType": sent.type,
        "eventCreateTime": f"{sent.created_at:%Y-%m-%dT%H:%M:%S}Z",
        "deliveryStatus": "DELIVERED" if sent.acknowledged else "PENDING",
        "notificationData": sent.body,
    }
