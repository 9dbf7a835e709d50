"""The search attributes of payments. Temporal stores them unencrypted: they must hold no personal data."""

from temporalio.common import SearchAttributeKey

PAYMENT_STATUS = SearchAttributeKey.for_keyword("PaymentStatus")
MERCHANT_ACCOUNT = SearchAttributeKey.for_keyword("MerchantAccount")
REFERENCE_ORDER_ID = SearchAttributeKey.for_keyword("ReferenceOrderId")
ANTOM_PAYMENT_ID = SearchAttributeKey.for_keyword("AntomPaymentId")
CAPTURE_BEFORE = SearchAttributeKey.for_datetime("CaptureBefore")
NEEDS_REVIEW = SearchAttributeKey.for_bool("NeedsReview")

ALL = (PAYMENT_STATUS, MERCHANT_ACCOUNT, REFERENCE_ORDER_ID, ANTOM_PAYMENT_ID, CAPTURE_BEFORE, NEEDS_REVIEW)
