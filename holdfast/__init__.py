"""A merchant service's side of Holdfast: orders, payments, and the client that controls them."""

from holdfast.antom.amounts import Amount
from holdfast.card_vault import CardData
from holdfast.client import PaymentClient
from holdfast.difference_kind import DifferenceKind
from holdfast.errors import (
    AlreadyCaptured,
    AmountExceedsAuthorization,
    AttemptUnconfirmed,
    AutomaticCapture,
    CaptureInProgress,
    CodecKeyError,
    HoldfastError,
    InvalidOrder,
    InvalidRequest,
    InvalidState,
    NoCardVault,
    NotAuthorized,
    NotDeclined,
    NotUnderReview,
    PaymentEnded,
    PaymentNotFound,
    PaymentReferenceReused,
    PaymentStopped,
    PaymentUnavailable,
    RateLimited,
    ResolutionUnconfirmed,
    TemporalSettingsError,
    TemporalUnavailable,
    UnavailableReason,
    UnderRiskReview,
    WaitTimedOut,
)
from holdfast.order import CancelRequest, CaptureRequest, PaymentMethod, PaymentOrder, RetryRequest
from holdfast.payment import Payment
from holdfast.reconciliation.client import ReconciliationClient
from holdfast.reconciliation.difference import Difference, DifferenceNotice
from holdfast.reconciliation.report import ReconciliationReport, ReconciliationRequest
from holdfast.resolution import Outcome, Resolution
from holdfast.review_list import ReviewItem
from holdfast.statuses.attempt_status import AttemptStatus
from holdfast.statuses.payment_status import PaymentStatus
from holdfast.temporal.connection import connect

__all__ = [
    "AlreadyCaptured",
    "Amount",
    "AmountExceedsAuthorization",
    "AttemptStatus",
    "AttemptUnconfirmed",
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
    "InvalidState",
    "NoCardVault",
    "NotAuthorized",
    "NotDeclined",
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
    "RateLimited",
    "ReconciliationClient",
    "ReconciliationReport",
    "ReconciliationRequest",
    "Resolution",
    "ResolutionUnconfirmed",
    "RetryRequest",
    "ReviewItem",
    "TemporalSettingsError",
    "TemporalUnavailable",
    "UnavailableReason",
    "UnderRiskReview",
    "WaitTimedOut",
    "connect",
]
