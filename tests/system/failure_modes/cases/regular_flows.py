"""The flows that begin without a fault."""

from tests.support.world import DECLINED_VISA
from tests.system.failure_modes.cases.flow import (
    FIRST_PART,
    WHOLE_AMOUNT,
    Buyer,
    Flow,
    Merchant,
    Notifications,
    Point,
)

_INQUIRY = ("inquiryPayment",)

REGULAR_FLOWS = (
    Flow(
        name="card",
        title="A card sent by the merchant",
        story="The merchant's server sends the card, and captures as soon as the money is held. No "
        "notification arrives: the responses to the calls are the only evidence.",
        calls=("pay", "capture"),
        points=(
            Point("pay", 1, after=0, lasting=True, pairs=True),
            Point("capture", 1, after=1, lasting=True, pairs=True),
            Point("any", 1, after=0, place="every call", lasting=True),
            Point("any", 2, after=1, place="every call from the capture on", lasting=True),
        ),
    ),
    Flow(
        name="overtaken",
        title="A card, and notifications that arrive before the responses",
        story="The same, but each notification arrives before the response to the call that caused it, or "
        "before that response is lost.",
        calls=("pay", "capture"),
        points=(Point("pay", 1, after=0), Point("capture", 1, after=1)),
        notifications=Notifications.OVERTAKING,
    ),
    Flow(
        name="card-notified",
        title="A card, and faults of the notifications",
        story="The same; the responses are correct, and arrive after the notifications.",
        calls=("pay", "capture"),
        points=(
            Point("notification", 1, after=1, place="PAYMENT_RESULT"),
            Point("notification", 2, after=2, place="CAPTURE_RESULT"),
        ),
        elsewhere={("pay", 1): "card", ("capture", 1): "card"},
        notifications=Notifications.EARLY,
    ),
    Flow(
        name="automatic",
        title="A card, captured by the gateway",
        story="`captureMode` AUTOMATIC. No notification arrives: an inquiry finds the capture.",
        calls=("pay", "inquiryPayment"),
        points=(
            Point("pay", 1, after=0),
            Point("inquiryPayment", 1, after=1, place="while the gateway captures", lasting=True),
        ),
        fields={"captureMode": "AUTOMATIC"},
    ),
    Flow(
        name="automatic-notified",
        title="A card, captured by the gateway, with notifications",
        story="The same with notifications.",
        calls=("pay",),
        points=(
            Point("automaticCapture", 1, after=1),
            Point("notification", 1, after=1, place="PAYMENT_RESULT"),
            Point("notification", 2, after=1, place="CAPTURE_RESULT"),
        ),
        elsewhere={("pay", 1): "automatic"},
        notifications=Notifications.EARLY,
        fields={"captureMode": "AUTOMATIC"},
    ),
    Flow(
        name="page",
        title="The gateway's page",
        story="The buyer enters the card on the gateway's page; the gateway's notification decides.",
        calls=("pay", "capture"),
        points=(Point("pay", 1, after=0), Point("notification", 1, after=1, place="PAYMENT_RESULT")),
        elsewhere={("capture", 1): "card"},
        notifications=Notifications.EARLY,
        card=None,
    ),
    Flow(
        name="page-inquired",
        title="The gateway's page, without a notification",
        story="The buyer pays on the page, and an inquiry finds the payment.",
        calls=("pay", "inquiryPayment", "capture"),
        points=(Point("inquiryPayment", 1, after=1, place="while the buyer is on the page", lasting=True),),
        elsewhere={("pay", 1): "page", ("capture", 1): "card"},
        card=None,
    ),
    Flow(
        name="page-returns",
        title="The buyer returns before the notification",
        story="The buyer pays on the page and returns; the shop calls `refresh`. No notification arrives.",
        calls=("pay", "inquiryPayment", "capture"),
        points=(Point("inquiryPayment", 1, after=1, place="`refresh`"),),
        elsewhere={("pay", 1): "page", ("capture", 1): "card"},
        card=None,
        buyer=Buyer.RETURNS,
    ),
    Flow(
        name="3ds",
        title="3-D Secure",
        story="The merchant's server sends the card, the buyer passes the challenge, and the notification "
        "decides.",
        calls=("pay", "capture"),
        points=(Point("pay", 1, after=0), Point("notification", 1, after=1, place="PAYMENT_RESULT")),
        elsewhere={("capture", 1): "card"},
        notifications=Notifications.EARLY,
        is_three_ds=True,
    ),
    Flow(
        name="second-card",
        title="A card that is declined, and a second card",
        story="The issuer declines the first card, and the merchant sends another one. No notification "
        "arrives.",
        calls=("pay", "pay", "capture"),
        points=(
            Point("pay", 1, after=0, place="the card that is declined"),
            Point("pay", 2, after=1, place="the second card"),
        ),
        elsewhere={("capture", 1): "card"},
        card=DECLINED_VISA,
        retries=True,
    ),
    Flow(
        name="second-page",
        title="A buyer who fails on the page, and tries again",
        story="The notification of the failure allows the second attempt.",
        calls=("pay", "pay", "capture"),
        points=(Point("notification", 1, after=1, place="PAYMENT_RESULT of the failure"),),
        elsewhere={("pay", 1): "page", ("pay", 2): "page", ("capture", 1): "card"},
        notifications=Notifications.EARLY,
        card=None,
        buyer=Buyer.FAILS,
        retries=True,
    ),
    Flow(
        name="cancelled",
        title="Cancelled before the capture",
        story="The money is held, and the merchant cancels.",
        calls=("pay", "cancel", "inquiryPayment"),
        points=(
            Point("cancel", 1, after=1, lasting=True),
            Point("inquiryPayment", 1, after=2, place="which confirms the cancellation", lasting=True),
        ),
        elsewhere={("pay", 1): "card"},
        merchant=Merchant.CANCELS,
    ),
    Flow(
        name="buyer-leaves",
        title="A buyer who leaves",
        story="The buyer does not pay. At the deadline Holdfast inquires once more, and closes the payment "
        "at "
        "the gateway.",
        calls=("pay", *_INQUIRY * 6, "cancel", "inquiryPayment"),
        points=(
            Point("inquiryPayment", 1, after=1, place="while the buyer is on the page", count=5),
            Point("inquiryPayment", 6, after=6, place="at the deadline"),
            Point("cancel", 1, after=7, lasting=True),
            Point("inquiryPayment", 7, after=8, place="which confirms the cancellation"),
        ),
        elsewhere={("pay", 1): "page"},
        card=None,
        buyer=Buyer.LEAVES,
    ),
    Flow(
        name="parts",
        title="Captured in two parts",
        story="EUR 100.00 first, then the rest. No notification arrives.",
        calls=("pay", "capture", "capture"),
        points=(
            Point("capture", 1, after=1, place="the first part"),
            Point("capture", 2, after=2, place="the last part"),
        ),
        elsewhere={("pay", 1): "card"},
        parts=(FIRST_PART, WHOLE_AMOUNT - FIRST_PART),
    ),
    Flow(
        name="parts-notified",
        title="Captured in two parts, with faults of the notifications",
        story="The same with notifications: the notification of the first part arrives while the payment is "
        "open.",
        calls=("pay", "capture", "capture"),
        points=(Point("notification", 2, after=2, place="CAPTURE_RESULT of the first part"),),
        elsewhere={("pay", 1): "card", ("capture", 1): "parts", ("capture", 2): "parts"},
        notifications=Notifications.EARLY,
        parts=(FIRST_PART, WHOLE_AMOUNT - FIRST_PART),
    ),
    Flow(
        name="expiry",
        title="No capture: the authorization is cancelled before it expires",
        story="`onAuthorizationExpiry` VOID: one hour before the end the authorization is cancelled.",
        calls=("pay", "cancel", "inquiryPayment"),
        points=(
            Point("cancel", 1, after=1),
            Point("inquiryPayment", 1, after=2, place="which confirms the cancellation"),
        ),
        elsewhere={("pay", 1): "card"},
        merchant=Merchant.LEAVES,
    ),
    Flow(
        name="expiry-capture",
        title="No capture request: the authorization is captured before it expires",
        story="`onAuthorizationExpiry` CAPTURE: one hour before the end the authorization is captured.",
        calls=("pay", "capture"),
        points=(Point("capture", 1, after=1),),
        elsewhere={("pay", 1): "card"},
        fields={"onAuthorizationExpiry": "CAPTURE"},
        merchant=Merchant.LEAVES,
    ),
)
