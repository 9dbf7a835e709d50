/** The errors of payments, by the names in docs/guide.md, "Errors". */

import {
  isGrpcServiceError,
  ServiceError,
  WorkflowFailedError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/common';

export type ErrorType =
  | 'InvalidOrder'
  | 'InvalidRequest'
  | 'PaymentReferenceReused'
  | 'PaymentNotFound'
  | 'PaymentUnavailable'
  | 'PaymentStopped'
  | 'NotAuthorized'
  | 'AmountExceedsAuthorization'
  | 'AlreadyCaptured'
  | 'CaptureInProgress'
  | 'UnderRiskReview'
  | 'AutomaticCapture'
  | 'NotDeclined'
  | 'AttemptUnconfirmed'
  | 'RateLimited'
  | 'NotUnderReview'
  | 'ResolutionUnconfirmed'
  | 'PaymentEnded';

const NO_ANSWER =
  'there was no answer: make the same call again. If there is none again, look whether a worker runs, and in its log: ' +
  'the usual cause is HOLDFAST_CODEC_KEYS without the key of this process';

/** A request was refused, or had no answer: `type` says which, `message` says why. */
export class PaymentError extends Error {
  readonly type: ErrorType;

  constructor(type: ErrorType, message: string, options?: ErrorOptions) {
    super(`${type}: ${message}`, options);
    this.name = 'PaymentError';
    this.type = type;
  }
}

/**
 * Returns whether the same call can succeed after a pause: the server was busy, or it dropped the update. Temporal's
 * client itself repeats calls that the server refuses as too many.
 */
export function isRetryable(error: unknown): boolean {
  if (error instanceof WorkflowUpdateFailedError) {
    return error.cause instanceof ApplicationFailure && error.cause.type === 'UnprocessedUpdate';
  }
  const cause = error instanceof ServiceError ? error.cause : error; // an update with start is not wrapped
  return isGrpcServiceError(cause) && isNotReady(cause.metadata);
}

function isNotReady(metadata: { get(key: string): Array<string | Buffer> }): boolean {
  return metadata.get('grpc-status-details-bin').some((details) => details.includes('WorkflowNotReadyFailure'));
}

/** Returns the error of a payment for an error of Temporal's client; other errors are returned as they are. */
export function toPaymentError(error: unknown): unknown {
  if (error instanceof WorkflowUpdateFailedError || error instanceof WorkflowFailedError) {
    const cause = error.cause;
    return cause instanceof ApplicationFailure && cause.type
      ? new PaymentError(cause.type as ErrorType, cause.message, { cause: error })
      : new PaymentError('PaymentStopped', 'the workflow was stopped by an operator', { cause: error });
  }
  if (error instanceof WorkflowExecutionAlreadyStartedError) {
    return new PaymentError('PaymentEnded', 'the payment has ended', { cause: error });
  }
  if (error instanceof WorkflowNotFoundError) {
    return /already completed|aborted by closing workflow/.test(error.message)
      ? new PaymentError('PaymentEnded', 'the payment has ended', { cause: error })
      : new PaymentError('PaymentNotFound', 'no payment has this reference', { cause: error });
  }
  return isWithoutAnswer(error) ? new PaymentError('PaymentUnavailable', NO_ANSWER, { cause: error }) : error;
}

function isWithoutAnswer(error: unknown): boolean {
  return (
    error instanceof ServiceError ||
    error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
    isGrpcServiceError(error)
  );
}
