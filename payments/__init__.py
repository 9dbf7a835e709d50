"""A merchant service's side of Holdfast: orders, payments, and the client that starts and steers them."""

from antom.amounts import Amount
from card_vault import CardData
from payments.client import PaymentClient
from payments.difference import Difference, DifferenceKind, DifferenceNotice
from payments.errors import (
    AlreadyCaptured,
    AmountExceedsAuthorization,
    AskedTooOften,
    AttemptInDoubt,
    AutomaticCapture,
    CaptureInProgress,
    CodecKeyError,
    HoldfastError,
    InvalidOrder,
    InvalidRequest,
    NoCardVault,
    NotAuthorized,
    NotDeclined,
    NotPossibleNow,
    NotUnderReview,
    PaymentEnded,
    PaymentNotFound,
    PaymentReferenceReused,
    PaymentStopped,
    PaymentUnavailable,
)
from payments.order import CancelRequest, CaptureRequest, PaymentMethod, PaymentOrder, RetryRequest
from payments.payment import Payment
from payments.reconciliation import ReconciliationReport, ReconciliationRequest
from payments.reconciliations import Reconciliations
from payments.resolution import Outcome, Resolution
from payments.review_list import ReviewItem
from payments.status import PaymentStatus
from payments.temporal import connect

__all__ = [
    "AlreadyCaptured",
    "Amount",
    "AmountExceedsAuthorization",
    "AskedTooOften",
    "AttemptInDoubt",
    "AutomaticCapture",
    "CancelRequest",
    "CaptureInProgress",
    "CaptureRequest",
    "CardData",
    "CodecKeyError",
    "Difference",
    "DifferenceKind",
    "DifferenceNotice",
    "HoldfastError",
    "InvalidOrder",
    "InvalidRequest",
    "NoCardVault",
    "NotAuthorized",
    "NotDeclined",
    "NotPossibleNow",
    "NotUnderReview",
    "Outcome",
    "Payment",
    "PaymentClient",
    "PaymentEnded",
    "PaymentMethod",
    "PaymentNotFound",
    "PaymentOrder",
    "PaymentReferenceReused",
    "PaymentStatus",
    "PaymentStopped",
    "PaymentUnavailable",
    "ReconciliationReport",
    "ReconciliationRequest",
    "Reconciliations",
    "Resolution",
    "RetryRequest",
    "ReviewItem",
    "connect",
]
