"""The flows that begin with a fault, after which Holdfast makes calls that it otherwise does not make."""

from tests.support.world import DECLINED_VISA
from tests.system.failure_modes.cases.flow import Flow, Notifications, Point
from tools.chaos.faults.gateway_faults import GatewayFault

_PAY_UNANSWERED = GatewayFault("pay", "act_and_drop", times=5)
_PAY_LOST = GatewayFault("pay", "drop_before", times=5)
_CAPTURE_UNANSWERED = GatewayFault("capture", "act_and_drop", times=4)
_CAPTURE_LOST = GatewayFault("capture", "drop_before", times=4)
_ONE_WRONG_INQUIRY = GatewayFault("inquiryPayment", "wrong_amount")
_PAYS, _CAPTURES = ("pay",) * 5, ("capture",) * 4
_INQUIRY = ("inquiryPayment",)

DISTURBED_FLOWS = (
    Flow(
        name="pay-unanswered",
        title="No pay call is answered",
        story="Five pay calls under one id; the gateway acts on each, and no response arrives. Holdfast "
        "inquires.",
        calls=(*_PAYS, "inquiryPayment", "capture"),
        points=(Point("inquiryPayment", 1, after=5, place="for the outcome of the pay call", lasting=True),),
        elsewhere={("pay", number): "card" for number in range(1, 6)} | {("capture", 1): "card"},
        initial_faults=(_PAY_UNANSWERED,),
    ),
    Flow(
        name="pay-lost",
        title="No pay call arrives",
        story="Five pay calls under one id, and none of them arrives. When the gateway does not know the id "
        "three "
        "times, Holdfast closes it there, and the merchant tries again.",
        calls=(*_PAYS, *_INQUIRY * 3, "cancel", "pay", "capture"),
        points=(
            Point("inquiryPayment", 1, after=5, place="the first of three"),
            Point("inquiryPayment", 2, after=6, place="the second of three"),
            Point("inquiryPayment", 3, after=7, place="the third of three"),
            Point("cancel", 1, after=8, place="which closes the id of the lost calls"),
        ),
        elsewhere={("pay", number): "card" for number in range(1, 6)}
        | {("pay", 6): "second-card", ("capture", 1): "card"},
        initial_faults=(_PAY_LOST,),
        retries=True,
    ),
    Flow(
        name="pay-denied",
        title="No pay call is answered, and the gateway denies the order",
        story="Five pay calls under one id; the gateway acts on each, and answers three inquiries that "
        "there is no "
        "such order. The cancellation shows that the order exists.",
        calls=(*_PAYS, *_INQUIRY * 3, "cancel", "inquiryPayment"),
        points=(
            Point("cancel", 1, after=8, place="which closes the id of the lost calls"),
            Point("inquiryPayment", 4, after=9, place="whether the order is closed"),
        ),
        elsewhere={("pay", number): "card" for number in range(1, 6)}
        | {("inquiryPayment", number): "pay-lost" for number in range(1, 4)},
        initial_faults=(
            _PAY_UNANSWERED,
            GatewayFault("inquiryPayment", "code_f", times=3, code="ORDER_NOT_EXIST"),
        ),
        retries=True,
    ),
    Flow(
        name="capture-unanswered",
        title="No capture call is answered",
        story="Four capture calls under one id; the gateway acts on each, and no response arrives. Holdfast "
        "inquires.",
        calls=("pay", *_CAPTURES, "inquiryPayment"),
        points=(Point("inquiryPayment", 1, after=5, place="for the outcome of the capture", lasting=True),),
        elsewhere={("pay", 1): "card"} | {("capture", number): "card" for number in range(1, 5)},
        initial_faults=(_CAPTURE_UNANSWERED,),
    ),
    Flow(
        name="capture-lost",
        title="No capture call arrives",
        story="Four capture calls under one id, and none of them arrives. When the gateway does not know the "
        "capture three times, Holdfast sends it again under the same id.",
        calls=("pay", *_CAPTURES, *_INQUIRY * 3, "capture"),
        points=(
            Point("inquiryPayment", 1, after=5, place="the first of three"),
            Point("inquiryPayment", 2, after=6, place="the second of three"),
            Point("inquiryPayment", 3, after=7, place="the third of three"),
            Point("capture", 5, after=8, place="sent again"),
        ),
        elsewhere={("pay", 1): "card"} | {("capture", number): "card" for number in range(1, 5)},
        initial_faults=(_CAPTURE_LOST,),
    ),
    Flow(
        name="capture-pending",
        title="A capture in process",
        story="The gateway accepts the capture and decides it later. No notification arrives.",
        calls=("pay", "capture", "inquiryPayment"),
        points=(Point("inquiryPayment", 1, after=2, place="for the result of the capture", lasting=True),),
        elsewhere={("pay", 1): "card", ("capture", 1): "card"},
        initial_faults=(GatewayFault("capture", "in_process", seconds=0.1),),
    ),
    Flow(
        name="capture-pending-notified",
        title="A capture in process, with faults of the notification",
        story="The same; the notification of the result is the first evidence of it.",
        calls=("pay", "capture"),
        points=(Point("notification", 2, after=2, place="CAPTURE_RESULT"),),
        elsewhere={("pay", 1): "card", ("capture", 1): "card"},
        notifications=Notifications.EARLY,
        initial_faults=(GatewayFault("capture", "in_process", seconds=0.1),),
    ),
    Flow(
        name="mismatch",
        title="A notification that does not fit",
        story="The notification of the payment carries another amount, and Holdfast inquires.",
        calls=("pay", "inquiryPayment", "capture"),
        points=(Point("inquiryPayment", 1, after=1, place="for the correct amount"),),
        elsewhere={("pay", 1): "page", ("capture", 1): "card"},
        notifications=Notifications.EARLY,
        initial_faults=(GatewayFault("notification", "wrong_amount"),),
        card=None,
    ),
    Flow(
        name="review",
        title="A payment under review",
        story="An inquiry has returned another amount; Holdfast continues to inquire at a slow pace.",
        calls=("pay", "inquiryPayment", "inquiryPayment", "capture"),
        points=(Point("inquiryPayment", 2, after=2, place="under review", lasting=True),),
        elsewhere={("pay", 1): "page", ("inquiryPayment", 1): "page-inquired", ("capture", 1): "card"},
        initial_faults=(_ONE_WRONG_INQUIRY,),
        card=None,
    ),
    Flow(
        name="review-capture",
        title="A capture under review",
        story="Four capture calls have not arrived, and an inquiry has returned another amount. Holdfast "
        "sends the "
        "capture again under the same id.",
        calls=("pay", *_CAPTURES, *_INQUIRY * 2, "capture"),
        points=(
            Point("inquiryPayment", 2, after=6, place="under review"),
            Point("capture", 5, after=7, place="sent again after the review"),
        ),
        elsewhere={("pay", 1): "card", ("inquiryPayment", 1): "capture-lost"}
        | {("capture", number): "card" for number in range(1, 5)},
        initial_faults=(_CAPTURE_LOST, _ONE_WRONG_INQUIRY),
    ),
    Flow(
        name="late-success",
        title="A former attempt that succeeds late",
        story="The first card was declined and the buyer is on the page for a second one, when the gateway "
        "reports success for the first. Holdfast releases what the first attempt holds. No other "
        "notification "
        "arrives.",
        calls=("pay", "pay", "cancel", "inquiryPayment", "inquiryPayment", "capture"),
        points=(
            Point("cancel", 1, after=2, place="of the former attempt"),
            Point("inquiryPayment", 1, after=3, place="about the former attempt"),
        ),
        elsewhere={
            ("pay", 1): "second-card",
            ("pay", 2): "page",
            ("inquiryPayment", 2): "page-inquired",
            ("capture", 1): "card",
        },
        card=DECLINED_VISA,
        retries=True,
        former_attempt_succeeds=True,
    ),
)
