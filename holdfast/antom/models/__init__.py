"""Every model of the gateway's card payments, with the gateway's own field names."""

from holdfast.antom.amounts import Amount, ReceivedAmount
from holdfast.antom.base import RequestModel, ResponseModel
from holdfast.antom.models.buyer import Address, Buyer, Name
from holdfast.antom.models.cancel import CancelRequest, CancelResponse
from holdfast.antom.models.capture import CaptureFacts, CaptureResponse, CaptureType, GatewayCaptureRequest
from holdfast.antom.models.card import (
    CARD_FIELDS,
    BillingAddress,
    CardMetaData,
    MpiData,
    PaymentMethod,
    RawCardMetaData,
    RawMpiData,
)
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
from holdfast.antom.models.validation_errors import format_validation_error

__all__ = [
    "CARD_FIELDS",
    "Address",
    "Amount",
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
    "RawMpiData",
    "ReceivedAmount",
    "RedirectActionForm",
    "RequestModel",
    "ResponseModel",
    "Result",
    "ResultStatus",
    "SettlementStrategy",
    "Shipping",
    "TerminalType",
    "ThreeDSResult",
    "Transaction",
    "TransactionStatus",
    "TransactionType",
    "format_validation_error",
    "parse_notification",
]
