/* Generated from docs/schemas/Payment.json by `npm run types`. */

/**
 * The source of a decision or of a line in the audit trail.
 */
export type Source =
  | 'PAY_RESPONSE'
  | 'CAPTURE_RESPONSE'
  | 'NOTIFICATION'
  | 'INQUIRY'
  | 'CANCEL'
  | 'OPERATOR'
  | 'MERCHANT'
  | 'CLOCK';
/**
 * The statuses of one attempt.
 */
export type AttemptStatus =
  | 'AUTHORIZING'
  | 'ACTION_REQUIRED'
  | 'PENDING'
  | 'AUTHORIZED'
  | 'DECLINED'
  | 'CANCELLED'
  | 'EXPIRED'
  | 'AUTHORIZED_AFTER_CLOSE';
/**
 * How an authorization is captured: by the gateway at once, or by the merchant with a capture call.
 */
export type CaptureMode = 'AUTOMATIC' | 'MANUAL';
/**
 * The statuses of one capture.
 */
export type CaptureStatus = 'PROCESSING' | 'SUCCESS' | 'FAIL';
/**
 * An event that changes a payment's status.
 */
export type Event =
  | 'buyer_needed'
  | 'in_process'
  | 'authorized'
  | 'declined'
  | 'failed'
  | 'closed_unpaid'
  | 'cancelled_at_gateway'
  | 'retry_requested'
  | 'retry_window_closed'
  | 'abandoned'
  | 'cancel_requested'
  | 'deadline_passed'
  | 'authorization_expiring'
  | 'authorization_lapsed'
  | 'cancel_confirmed'
  | 'expiry_confirmed'
  | 'cancel_refused'
  | 'cancel_resumed'
  | 'capture_requested'
  | 'capture_resumed'
  | 'capture_held'
  | 'captured'
  | 'partially_captured'
  | 'capture_failed'
  | 'further_capture_failed'
  | 'remainder_released'
  | 'outcome_unknown'
  | 'decline_reversed'
  | 'capture_reversed'
  | 'risk_rejected'
  | 'risk_rejected_after_capture';
/**
 * The statuses of a payment. FAILED, CANCELLED, EXPIRED and CAPTURED are final.
 */
export type PaymentStatus =
  | 'AUTHORIZING'
  | 'ACTION_REQUIRED'
  | 'PENDING'
  | 'AUTHORIZED'
  | 'CAPTURING'
  | 'PARTIALLY_CAPTURED'
  | 'CAPTURED'
  | 'DECLINED'
  | 'CANCELLING'
  | 'FAILED'
  | 'CANCELLED'
  | 'EXPIRED'
  | 'NEEDS_REVIEW';
export type JsonValue = unknown;
/**
 * How an authorization has ended, by the gateway's refusal of a capture.
 */
export type AuthorizationEnd = 'EXPIRED' | 'VOID';
/**
 * Why a cancellation was started.
 */
export type CancellationCause = 'REQUESTED' | 'DEADLINE_PASSED' | 'AUTHORIZATION_EXPIRING' | 'RISK_REJECTED';
/**
 * The kind of a difference.
 */
export type DifferenceKind =
  | 'UNKNOWN_PAYMENT'
  | 'UNKNOWN_HOLD'
  | 'UNKNOWN_CAPTURE'
  | 'LOST_HOLD'
  | 'LOST_CAPTURE'
  | 'UNATTENDED'
  | 'AMOUNT'
  | 'PAYMENT_ID'
  | 'STATUS';
/**
 * Why the evidence was not applied.
 */
export type ObservationKind =
  | 'UNKNOWN_REQUEST_ID'
  | 'OTHER_PAYMENT_ID'
  | 'OTHER_AMOUNT'
  | 'OTHER_CURRENCY'
  | 'SUCCESS_AFTER_CLOSE'
  | 'SUCCESS_AFTER_DECLINE'
  | 'FAILURE_AFTER_SUCCESS'
  | 'FAILURE_NOT_CONFIRMED'
  | 'CANCELLATION_AFTER_CAPTURE'
  | 'CANCELLATION_DURING_CAPTURE'
  | 'CLOSE_NOT_CONFIRMED'
  | 'CAPTURE_OF_OTHER_PAYMENT'
  | 'CAPTURE_BEFORE_AUTHORIZATION'
  | 'CAPTURE_WITHOUT_ID'
  | 'SECOND_AUTOMATIC_CAPTURE'
  | 'EXTERNAL_CAPTURE'
  | 'CAPTURES_EXCEED_AUTHORIZATION'
  | 'SUCCESS_OF_FAILED_CAPTURE'
  | 'EXPIRY_BEFORE_PAYMENT'
  | 'RISK_REVIEW_CONTRADICTED'
  | 'RECORD_DIFFERS';

/**
 * One payment: its status, attempts, captures and audit trail. All amounts are in minor units.
 */
export interface Payment {
  attempts: Attempt[];
  authExpiryTime: string | null;
  authReviewStatus: string | null;
  authorizedAmount: Amount | null;
  captureMode: CaptureMode;
  capturedAmount: Amount | null;
  captures: Capture[];
  cardToken: string | null;
  events: AuditEvent[];
  merchantAccount: string;
  nextAction: NextAction | null;
  paymentAmount: Amount;
  paymentMethodFingerprint: string | null;
  paymentReference: string;
  progress: Progress;
  review: Review | null;
  status: PaymentStatus;
}
/**
 * One attempt to authorize, with its own `paymentRequestId`.
 */
export interface Attempt {
  authExpiryTime: string | null;
  authorizedAt: string | null;
  buyerCompletedAt: string | null;
  decidedAt: string | null;
  decidedBy: Source | null;
  expiryActionTime: string | null;
  key: string | null;
  latestAuthExpiryTime: string | null;
  paymentId: string | null;
  paymentRequestId: string;
  paymentResultInfo: ResultInfo | null;
  paymentTime: string | null;
  resultCode: string | null;
  resultMessage: string | null;
  startedAt: string;
  status: AttemptStatus;
}
/**
 * The part of the gateway's `paymentResultInfo` that may be stored (Antom: pay, notifyPayment).
 */
export interface ResultInfo {
  authorizationCode: string | null;
  avsResultRaw: string | null;
  cardBin: string | null;
  cardBrand: string | null;
  cardCategory: string | null;
  cardNo: string | null;
  credentialTypeUsed: string | null;
  cvvResultRaw: string | null;
  funding: string | null;
  issuingCountry: string | null;
  lastFour: string | null;
  merchantAdviceCode: string | null;
  networkTransactionId: string | null;
  paymentMethodRegion: string | null;
  refusalCodeRaw: string | null;
  refusalReasonRaw: string | null;
  rrn: string | null;
  threeDSResult: ThreeDSOutcome | null;
  [k: string]: unknown;
}
/**
 * The result of a 3-D Secure authentication, without its cryptogram.
 */
export interface ThreeDSOutcome {
  challengeCancel: string | null;
  challenged: string | boolean | null;
  dsTransactionId: string | null;
  eci: string | null;
  exemptionType: string | null;
  liabilityShift: string | number | null;
  paResStatus: string | null;
  threeDSOffered: string | boolean | null;
  threeDSVersion: string | null;
  [k: string]: unknown;
}
/**
 * An amount: a listed currency and a positive number of minor units.
 *
 * `Amount(currency="EUR", value="30000")` is EUR 300.00. IDR amounts end in 00 (Antom: currency rules).
 */
export interface Amount {
  currency:
    | 'AUD'
    | 'BDT'
    | 'BRL'
    | 'CAD'
    | 'CLP'
    | 'CNY'
    | 'EUR'
    | 'GBP'
    | 'HKD'
    | 'IDR'
    | 'JPY'
    | 'KRW'
    | 'MXN'
    | 'MYR'
    | 'NZD'
    | 'PEN'
    | 'PHP'
    | 'PKR'
    | 'PLN'
    | 'SGD'
    | 'THB'
    | 'TWD'
    | 'USD'
    | 'VND';
  value: string;
}
/**
 * One capture, with its own `captureRequestId`.
 */
export interface Capture {
  captureAmount: Amount;
  captureId: string | null;
  captureRequestId: string;
  isForgotten: boolean;
  isLastCapture: boolean;
  key: string | null;
  resultCode: string | null;
  status: CaptureStatus;
}
/**
 * One line of the audit trail: a transition, or evidence that caused none.
 *
 * It is written for people. Decisions read :attr:`Payment.progress`.
 */
export interface AuditEvent {
  at: string;
  code: string | null;
  detail: string | null;
  event: Event | null;
  from: PaymentStatus;
  source: Source;
  to: PaymentStatus;
}
/**
 * A redirect that the buyer has to follow before `expiresAt`.
 *
 * The merchant sends the buyer to `normalUrl` or to one of the app URLs, or submits `redirectActionForm`.
 */
export interface NextAction {
  applinkUrl: string | null;
  expiresAt: string | null;
  normalUrl: string | null;
  redirectActionForm: {
    [k: string]: JsonValue;
  } | null;
  schemeUrl: string | null;
  type: 'REDIRECT';
  [k: string]: unknown;
}
/**
 * The facts of one payment's past that later decisions depend on.
 */
export interface Progress {
  authorizationEnd: AuthorizationEnd | null;
  cancellationCause: CancellationCause | null;
  expiryActionAt: string | null;
  lastTransitionAt: string | null;
  observations: Observation[];
  omittedLines: number;
  reviewCount: number;
  reviewEnteredFrom: PaymentStatus | null;
  revision: number;
}
/**
 * One piece of evidence that was not applied. An equal value was reported before.
 */
export interface Observation {
  attempt: string;
  difference: DifferenceKind | null;
  evidenceKind: 'payment' | 'capture';
  gatewayState: string | null;
  kind: ObservationKind;
  resultCode: string | null;
  source: Source;
  subject: string | null;
}
/**
 * The reason why a person must review the payment, and since when.
 */
export interface Review {
  reason: string;
  since: string;
}
