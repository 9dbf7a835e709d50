/** Which errors of Temporal's client are repeated, and what they are called otherwise. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ServiceError, WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import {
  ApplicationFailure,
  RetryState,
  TerminatedFailure,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/common';

import { isRetryable, PaymentError, toPaymentError } from '../src/errors.ts';

function refused(type: string): WorkflowUpdateFailedError {
  return new WorkflowUpdateFailedError('Workflow Update failed', ApplicationFailure.create({ type, message: 'why' }));
}

/** Returns an error of the server; `detail` is the name of the message in its details. */
function serverError(code: number, detail: string): ServiceError {
  const details = Buffer.from(`\n0type.googleapis.com/temporal.api.errordetails.v1.${detail}`);
  const metadata = { get: (key: string) => (key === 'grpc-status-details-bin' ? [details] : []) };
  return new ServiceError('failed', { cause: Object.assign(new Error('failed'), { code, details: '', metadata }) });
}

/** Returns the error as Temporal's client throws it for an update with start. */
function ofUpdateWithStart(code: number, detail: string): unknown {
  return serverError(code, detail).cause;
}

function typeOf(error: unknown): string {
  const found = toPaymentError(error);
  assert(found instanceof PaymentError);
  return found.type;
}

test('a call is repeated where the payment was not ready for it, or has lost it', () => {
  assert.equal(isRetryable(serverError(9, 'WorkflowNotReadyFailure')), true);
  assert.equal(isRetryable(ofUpdateWithStart(9, 'WorkflowNotReadyFailure')), true);
  assert.equal(isRetryable(refused('UnprocessedUpdate')), true);
});

test('no other failure is repeated', () => {
  assert.equal(isRetryable(serverError(9, 'NamespaceNotActiveFailure')), false);
  assert.equal(isRetryable(refused('NotAuthorized')), false);
  assert.equal(isRetryable(new WorkflowUpdateFailedError('failed', undefined)), false);
  assert.equal(isRetryable(new Error('WorkflowNotReadyFailure')), false);
});

test('a refusal has the type and the message that the workflow gave it', () => {
  const error = toPaymentError(refused('AmountExceedsAuthorization'));
  assert(error instanceof PaymentError);
  assert.deepEqual([error.type, error.message], ['AmountExceedsAuthorization', 'AmountExceedsAuthorization: why']);
});

test('the end of a workflow is distinguished from a payment that does not exist', () => {
  const notFound = (message: string) => typeOf(new WorkflowNotFoundError(message, 'id', undefined));
  assert.equal(notFound('workflow execution already completed'), 'PaymentEnded');
  assert.equal(notFound('workflow not found for ID: id'), 'PaymentNotFound');
  assert.equal(typeOf(new WorkflowExecutionAlreadyStartedError('started', 'id', 'CardPayment')), 'PaymentEnded');
});

test('a workflow that was terminated is no refusal, and a server without an answer is unavailable', () => {
  const terminated = new TerminatedFailure('by hand');
  const stopped = new WorkflowFailedError('failed', terminated, RetryState.NON_RETRYABLE_FAILURE);
  assert.equal(typeOf(stopped), 'PaymentStopped');
  assert.equal(typeOf(serverError(14, 'SystemWorkflowFailure')), 'PaymentUnavailable');
  assert.equal(typeOf(ofUpdateWithStart(14, 'SystemWorkflowFailure')), 'PaymentUnavailable');
});

test('an error of another kind stays what it is', () => {
  const error = new TypeError('a mistake of the program');
  assert.equal(toPaymentError(error), error);
});
