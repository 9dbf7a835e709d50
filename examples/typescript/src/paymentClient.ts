/** Starts and controls payments, with the names and the rules of docs/guide.md, "Other languages". */

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { type Client, WithStartWorkflowOperation, type WorkflowHandle } from '@temporalio/client';

import { isRetryable, PaymentError, toPaymentError } from './errors.ts';
import type { CancelRequest } from './generated/CancelRequest.ts';
import type { CaptureRequest } from './generated/CaptureRequest.ts';
import type { Payment, PaymentStatus } from './generated/Payment.ts';
import type { PaymentOrder } from './generated/PaymentOrder.ts';
import type { RetryRequest } from './generated/RetryRequest.ts';
import { refuseOtherPayment } from './orderComparison.ts';
import { summaryOf } from './summary.ts';

const ANSWER_WITHIN = 90_000;
const PAUSE = 250;
const POLL_INTERVAL = 500;
const FINAL: readonly PaymentStatus[] = ['CAPTURED', 'FAILED', 'CANCELLED', 'EXPIRED'];

type CardPayment = (order: PaymentOrder) => Promise<Payment>;

/** Every method may be called again after `PaymentUnavailable`: no call charges or captures twice. */
export class PaymentClient {
  readonly #temporal: Client;

  constructor(temporal: Client) {
    this.#temporal = temporal;
  }

  /** Starts the payment, or joins the one with the order's reference, until there is something to act on. */
  async authorize(order: PaymentOrder): Promise<Payment> {
    const payment = await this.#orAsItIs(order.paymentReference, () => this.#start(order));
    refuseOtherPayment(order, payment);
    return payment;
  }

  /**
   * Captures the authorized amount, or a part of it, for which the request needs a `key`. Where a repeated call is
   * refused as `PaymentEnded`, `get` says whether the first one has captured.
   */
  async capture(reference: string, request: CaptureRequest = {}): Promise<Payment> {
    return await this.#update(reference, 'capture', request);
  }

  /** Cancels the payment, and releases what is authorized. The reason is for the audit trail. */
  async cancel(reference: string, reason: string): Promise<Payment> {
    return await this.#update(reference, 'cancel', { reason } satisfies CancelRequest);
  }

  /** Makes another attempt after a decline. The same `key` is the same attempt. */
  async retry(reference: string, request: RetryRequest): Promise<Payment> {
    return await this.#update(reference, 'retry', request);
  }

  /** Asks the gateway now, for example because the buyer has come back. */
  async refresh(reference: string): Promise<Payment> {
    return await this.#orAsItIs(reference, () => this.#update(reference, 'refresh'));
  }

  /** Reads the payment, whether it is running or has ended. It does not contact the gateway. */
  async get(reference: string): Promise<Payment> {
    return await this.#answered(async () => {
      const handle = this.#handle(reference);
      const { status } = await handle.describe();
      return status.name === 'RUNNING' ? await handle.query<Payment>('payment') : await handle.result();
    });
  }

  /** Waits until the payment has one of the statuses, or a final one. */
  async wait(reference: string, until: readonly PaymentStatus[] = FINAL): Promise<Payment> {
    for (;;) {
      const payment = await this.get(reference);
      if (until.includes(payment.status) || FINAL.includes(payment.status)) {
        return payment;
      }
      await pause(POLL_INTERVAL);
    }
  }

  #handle(reference: string): WorkflowHandle<CardPayment> {
    return this.#temporal.workflow.getHandle<CardPayment>(workflowId(reference));
  }

  /** The reuse policy keeps a payment that has ended from being started, and charged, a second time. */
  async #start(order: PaymentOrder): Promise<Payment> {
    const updateId = randomUUID();
    return await this.#answered(async () => {
      const startWorkflowOperation = new WithStartWorkflowOperation<CardPayment>('CardPayment', {
        workflowId: workflowId(order.paymentReference),
        taskQueue: 'card-payments',
        args: [order],
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        priority: { fairnessKey: order.merchantAccount ?? 'default' },
        staticSummary: summaryOf(order),
      });
      const options = { updateId, startWorkflowOperation };
      return await this.#temporal.workflow.executeUpdateWithStart<CardPayment, Payment, []>('authorize', options);
    });
  }

  /** Sends an update with a new id: the server answers a repeated id with the first answer, however old it is. */
  async #update(reference: string, name: string, ...request: object[]): Promise<Payment> {
    const options = { args: request as [object], updateId: randomUUID() };
    return await this.#answered(() => this.#handle(reference).executeUpdate<Payment, [object]>(name, options));
  }

  /** Returns the payment as it is where it accepts no request of this kind any more. */
  async #orAsItIs(reference: string, request: () => Promise<Payment>): Promise<Payment> {
    try {
      return await request();
    } catch (error) {
      if (error instanceof PaymentError && (error.type === 'PaymentEnded' || error.type === 'RateLimited')) {
        return await this.get(reference);
      }
      throw error;
    }
  }

  /** Repeats a call, with the same update id, while the server is busy. */
  async #answered(call: () => Promise<Payment>): Promise<Payment> {
    const deadline = Date.now() + ANSWER_WITHIN;
    for (;;) {
      try {
        return await this.#temporal.withDeadline(deadline, call);
      } catch (error) {
        if (!isRetryable(error) || Date.now() > deadline) {
          throw toPaymentError(error);
        }
        await pause(PAUSE);
      }
    }
  }
}

function workflowId(reference: string): string {
  return `card-payment-${reference}`;
}
