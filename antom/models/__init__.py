"""Every model of the gateway's card payments, under the gateway's own field names."""

from antom.amounts import Amount, AmountReceived
from antom.models.buyer import Address, Buyer, Name
from antom.models.cancel import CancelRequest, CancelResponse
from antom.models.capture import CaptureFacts, CaptureResponse, CaptureType, GatewayCaptureRequest
from antom.models.card import BillingAddress, CardMetaData, MpiData, PaymentMethod, RawCardMetaData
from antom.models.env import BrowserInfo, Env, OsType, TerminalType
from antom.models.explain import explain
from antom.models.facts import PaymentFacts, PaymentResultInfo, ThreeDSResult
from antom.models.inquiry import (
    InquiryPaymentRequest,
    InquiryPaymentResponse,
    Transaction,
    TransactionStatus,
    TransactionType,
)
from antom.models.notification import (
    CaptureNotification,
    Notification,
    PaymentNotification,
    parse_notification,
)
from antom.models.notification_list import (
    NotificationEvent,
    NotificationListRequest,
    NotificationListResponse,
)
from antom.models.order import Goods, Merchant, Order, Shipping
from antom.models.pay import (
    CaptureMode,
    CreditPayPlan,
    CustomizedInfo,
    PaymentFactor,
    PayRequest,
    PayResponse,
    RedirectActionForm,
    SettlementStrategy,
)
from antom.models.result import Result, ResultStatus
from antom.shape import Received, Sent

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
