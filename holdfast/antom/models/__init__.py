"""Every model of the gateway's card payments, under the gateway's own field names."""

from holdfast.antom.amounts import Amount, AmountReceived
from holdfast.antom.base import Received, Sent
from holdfast.antom.models.buyer import Address, Buyer, Name
from holdfast.antom.models.cancel import CancelRequest, CancelResponse
from holdfast.antom.models.capture import CaptureFacts, CaptureResponse, CaptureType, GatewayCaptureRequest
from holdfast.antom.models.card import BillingAddress, CardMetaData, MpiData, PaymentMethod, RawCardMetaData
from holdfast.antom.models.env import BrowserInfo, Env, OsType, TerminalType
from holdfast.antom.models.facts import PaymentFacts, PaymentResultInfo, ThreeDSResult
from holdfast.antom.models.inquiry import (
    InquiryPaymentRequest,
    InquiryPaymentResponse,
    Transaction,
    TransactionStatus,
    TransactionType,
)
from holdfast.antom.models.notification import (
    CaptureNotification,
    Notification,
    PaymentNotification,
    parse_notification,
)
from holdfast.antom.models.notification_list import (
    NotificationEvent,
    NotificationListRequest,
    NotificationListResponse,
)
from holdfast.antom.models.order import Goods, Merchant, Order, Shipping
from holdfast.antom.models.pay import (
    CaptureMode,
    CreditPayPlan,
    CustomizedInfo,
    PaymentFactor,
    PayRequest,
    PayResponse,
    RedirectActionForm,
    SettlementStrategy,
)
from holdfast.antom.models.result import Result, ResultStatus
from holdfast.antom.models.validation_errors import explain

__all__ = [
    "Address",
    "Amount",
    "AmountReceived",
    "BillingAddress",
    "BrowserInfo",
    "Buyer",
    "CancelRequest",
    "CancelResponse",
    "CaptureFacts",
    "CaptureMode",
    "CaptureNotification",
    "CaptureResponse",
    "CaptureType",
    "CardMetaData",
    "CreditPayPlan",
    "CustomizedInfo",
    "Env",
    "GatewayCaptureRequest",
    "Goods",
    "InquiryPaymentRequest",
    "InquiryPaymentResponse",
    "Merchant",
    "MpiData",
    "Name",
    "Notification",
    "NotificationEvent",
    "NotificationListRequest",
    "NotificationListResponse",
    "Order",
    "OsType",
    "PayRequest",
    "PayResponse",
    "PaymentFactor",
    "PaymentFacts",
    "PaymentMethod",
    "PaymentNotification",
    "PaymentResultInfo",
    "RawCardMetaData",
    "Received",
    "RedirectActionForm",
    "Result",
    "ResultStatus",
    "Sent",
    "SettlementStrategy",
    "Shipping",
    "TerminalType",
    "ThreeDSResult",
    "Transaction",
    "TransactionStatus",
    "TransactionType",
    "explain",
    "parse_notification",
]
