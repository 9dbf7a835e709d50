"""The flows in which something has gone wrong already: only because of that Holdfast makes these calls."""

from tests.support.world import DECLINED_VISA
from tests.system.failure_modes.flow import Flow, Point, Told
from tools.chaos.faults.gateway_faults import GatewayFault

_NEVER_ANSWERED = GatewayFault("pay", "act_and_drop", times=5)
_NEVER_ARRIVED = GatewayFault("pay", "drop_before", times=5)
_CAPTURE_NEVER_ANSWERED = GatewayFault("capture", "act_and_drop", times=4)
_CAPTURE_NEVER_ARRIVED = GatewayFault("capture", "drop_before", times=4)
_LIES_ONCE = GatewayFault("inquiryPayment", "wrong_amount")
_PAYS, _CAPTURES = ("pay",) * 5, ("capture",) * 4
_ASKS = ("inquiryPayment",)

DOUBTFUL = (
    Flow(
        name="pay-unanswered",
        title="No pay call is ever answered",
        story="Five pay calls under one id, each acted upon, no answer: the gateway is asked.",
        calls=(*_PAYS, "inquiryPayment", "capture"),
        points=(Point("inquiryPayment", 1, after=5, place="what became of the pay call", lasting=True),),
        elsewhere={("pay", number): "card" for number in range(1, 6)} | {("capture", 1): "card"},
        before=(_NEVER_ANSWERED,),
    ),
    Flow(
        name="pay-lost",
        title="No pay call ever arrives",
        story="Five pay calls under one id, and none of them arrives. What the gateway does not know three "
        "times is closed there, and the merchant tries again.",
        calls=(*_PAYS, *_ASKS * 3, "cancel", "pay", "capture"),
        points=(
            Point("inquiryPayment", 1, after=5, place="the first of three"),
            Point("inquiryPayment", 2, after=6, place="the second of three"),
            Point("inquiryPayment", 3, after=7, place="the third of three"),
            Point("cancel", 1, after=8, place="that closes what never arrived"),
        ),
        elsewhere={("pay", number): "card" for number in range(1, 6)}
        | {("pay", 6): "second-card", ("capture", 1): "card"},
        before=(_NEVER_ARRIVED,),
        tries_again=True,
    ),
    Flow(
        name="pay-denied",
        title="No pay call is ever answered, and the gateway denies it",
        story="Five pay calls under one id, each acted upon, and three inquiries that say there is no such "
        "order. Closing it at the gateway brings out that it was there.",
        calls=(*_PAYS, *_ASKS * 3, "cancel", "inquiryPayment"),
        points=(
            Point("cancel", 1, after=8, place="that closes what never arrived"),
            Point("inquiryPayment", 4, after=9, place="whether it is closed"),
        ),
        elsewhere={("pay", number): "card" for number in range(1, 6)}
        | {("inquiryPayment", number): "pay-lost" for number in range(1, 4)},
        before=(_NEVER_ANSWERED, GatewayFault("inquiryPayment", "code_f", times=3, code="ORDER_NOT_EXIST")),
        tries_again=True,
    ),
    Flow(
        name="capture-unanswered",
        title="No capture call is ever answered",
        story="Four capture calls under one id, each acted upon, no answer: the gateway is asked.",
        calls=("pay", *_CAPTURES, "inquiryPayment"),
        points=(Point("inquiryPayment", 1, after=5, place="what became of the capture", lasting=True),),
        elsewhere={("pay", 1): "card"} | {("capture", number): "card" for number in range(1, 5)},
        before=(_CAPTURE_NEVER_ANSWERED,),
    ),
    Flow(
        name="capture-lost",
        title="No capture call arrives",
        story="Four capture calls under one id, and none of them arrives. What the gateway does not know "
        "three times is sent again under the same id.",
        calls=("pay", *_CAPTURES, *_ASKS * 3, "capture"),
        points=(
            Point("inquiryPayment", 1, after=5, place="the first of three"),
            Point("inquiryPayment", 2, after=6, place="the second of three"),
            Point("inquiryPayment", 3, after=7, place="the third of three"),
            Point("capture", 5, after=8, place="sent again"),
        ),
        elsewhere={("pay", 1): "card"} | {("capture", number): "card" for number in range(1, 5)},
        before=(_CAPTURE_NEVER_ARRIVED,),
    ),
    Flow(
        name="capture-pending",
        title="A capture in process",
        story="The gateway takes the capture and decides it later. No notification arrives.",
        calls=("pay", "capture", "inquiryPayment"),
        points=(Point("inquiryPayment", 1, after=2, place="for the capture's result", lasting=True),),
        elsewhere={("pay", 1): "card", ("capture", 1): "card"},
        before=(GatewayFault("capture", "in_process", seconds=0.1),),
    ),
    Flow(
        name="capture-pending-told",
        title="A capture in process, and a notification that goes wrong",
        story="The same; the notification of the result is the first that is heard of it.",
        calls=("pay", "capture"),
        points=(Point("notification", 2, after=2, place="CAPTURE_RESULT"),),
        elsewhere={("pay", 1): "card", ("capture", 1): "card"},
        told=Told.SOONER,
        before=(GatewayFault("capture", "in_process", seconds=0.1),),
    ),
    Flow(
        name="misfit",
        title="A notification that does not fit",
        story="The notification of the payment carries another amount: the gateway is asked what is true.",
        calls=("pay", "inquiryPayment", "capture"),
        points=(Point("inquiryPayment", 1, after=1, place="what is true"),),
        elsewhere={("pay", 1): "page", ("capture", 1): "card"},
        told=Told.SOONER,
        before=(GatewayFault("notification", "wrong_amount"),),
        card=None,
    ),
    Flow(
        name="review",
        title="A payment under review",
        story="An inquiry has answered with another amount; the question stays open at a slow pace.",
        calls=("pay", "inquiryPayment", "inquiryPayment", "capture"),
        points=(Point("inquiryPayment", 2, after=2, place="under review", lasting=True),),
        elsewhere={("pay", 1): "page", ("inquiryPayment", 1): "page-asked", ("capture", 1): "card"},
        before=(_LIES_ONCE,),
        card=None,
    ),
    Flow(
        name="review-capture",
        title="A capture under review",
        story="Four capture calls have not arrived, and an inquiry has answered with another amount. What "
        "never arrived is sent again under the same id.",
        calls=("pay", *_CAPTURES, *_ASKS * 2, "capture"),
        points=(
            Point("inquiryPayment", 2, after=6, place="under review"),
            Point("capture", 5, after=7, place="taken up again"),
        ),
        elsewhere={("pay", 1): "card", ("inquiryPayment", 1): "capture-lost"}
        | {("capture", number): "card" for number in range(1, 5)},
        before=(_CAPTURE_NEVER_ARRIVED, _LIES_ONCE),
    ),
    Flow(
        name="late-success",
        title="A former attempt that succeeds after all",
        story="The first card was declined and the buyer is at the page with a second one, when the gateway "
        "reports success for the first. What it holds is let go. No other notification arrives.",
        calls=("pay", "pay", "cancel", "inquiryPayment", "inquiryPayment", "capture"),
        points=(
            Point("cancel", 1, after=2, place="of the former attempt"),
            Point("inquiryPayment", 1, after=3, place="about the former attempt"),
        ),
        elsewhere={
            ("pay", 1): "second-card",
            ("pay", 2): "page",
            ("inquiryPayment", 2): "page-asked",
            ("capture", 1): "card",
        },
        card=DECLINED_VISA,
        tries_again=True,
        former_attempt_succeeds=True,
    ),
)
