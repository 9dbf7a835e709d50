/**
 * The client against a running demo (`source .demo/merchant.env`, then `npm run test:demo`). Its payments have
 * references that begin with the variable REFERENCE.
 */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';

import { connect } from '../src/connection.ts';
import type { ErrorType } from '../src/errors.ts';
import type { Amount, PaymentOrder } from '../src/generated/PaymentOrder.ts';
import type { RetryRequest } from '../src/generated/RetryRequest.ts';
import { PaymentClient } from '../src/paymentClient.ts';

const PREFIX = process.env['REFERENCE'] ?? `demo-${randomBytes(4).toString('hex')}`;
const temporal = await connect();
const payments = new PaymentClient(temporal);
after(() => temporal.connection.close());

function euros(value: string): Amount {
  return { currency: 'EUR', value };
}

function order(name: string, fields: Partial<PaymentOrder> = {}): PaymentOrder {
  const reference = `${PREFIX}-${name}`;
  const amount = euros('30000');
  return {
    paymentReference: reference,
    order: { referenceOrderId: reference, orderDescription: 'two books', orderAmount: amount },
    paymentAmount: amount,
    env: { terminalType: 'WEB', clientIp: '203.0.113.7' },
    paymentRedirectUrl: 'https://shop.example.com',
    paymentMethod: { paymentMethodType: 'CARD' },
    captureMode: 'MANUAL',
    ...fields,
  };
}

/** Lets the buyer act on the gateway's page of an attempt: pay, fail or abandon. */
async function buyer(name: string, attempt: number, action: string): Promise<void> {
  const address = `${process.env['HOLDFAST_SIMULATOR_URL']}/buyer/${PREFIX}-${name}-${attempt}`;
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(address, { method: 'POST', headers, body: JSON.stringify({ action }) });
  assert(answer.ok, `${address} answered ${answer.status}`);
}

async function isRefused(request: Promise<unknown>, type: ErrorType): Promise<void> {
  await assert.rejects(request, { name: 'PaymentError', type });
}

test('the same order three times is one payment', async () => {
  const both = await Promise.all([payments.authorize(order('once')), payments.authorize(order('once'))]);
  const third = await payments.authorize(order('once'));
  for (const payment of [...both, third]) {
    assert.equal(payment.status, 'ACTION_REQUIRED');
    assert.equal(payment.attempts[0]?.paymentId, third.attempts[0]?.paymentId);
  }
});

test('another order under the same reference is refused', async () => {
  await payments.authorize(order('taken'));
  const others: Array<Partial<PaymentOrder>> = [
    { paymentAmount: euros('30001') },
    { paymentAmount: { currency: 'USD', value: '30000' } },
    { captureMode: 'AUTOMATIC' },
    { paymentMethod: { paymentMethodType: 'CARD', paymentMethodId: 'token' } },
  ];
  for (const other of others) {
    await isRefused(payments.authorize(order('taken', other)), 'PaymentReferenceReused');
  }
});

test('a payment that has ended is not started again', async () => {
  await payments.authorize(order('ended'));
  assert.equal((await payments.cancel(`${PREFIX}-ended`, 'out of stock')).status, 'CANCELLED');
  assert.equal((await payments.authorize(order('ended'))).status, 'CANCELLED');
  assert.equal((await payments.refresh(`${PREFIX}-ended`)).status, 'CANCELLED');
  await isRefused(payments.capture(`${PREFIX}-ended`), 'PaymentEnded');
});

test('an order that breaks a rule, and a reference of no payment, are refused', async () => {
  await isRefused(payments.authorize(order('invalid', { paymentRedirectUrl: 'javascript:pay()' })), 'InvalidOrder');
  await isRefused(payments.get(`${PREFIX}-nothing`), 'PaymentNotFound');
  await isRefused(payments.refresh(`${PREFIX}-nothing`), 'PaymentNotFound');
});

test('after a decline the same key is the same attempt, and two captures take the money once', async () => {
  const reference = `${PREFIX}-declined`;
  await payments.authorize(order('declined'));
  await buyer('declined', 1, 'fail');
  assert.equal((await payments.wait(reference, ['DECLINED'])).status, 'DECLINED');

  const request: RetryRequest = { paymentMethod: { paymentMethodType: 'CARD' }, key: 'second-card' };
  await payments.retry(reference, request);
  assert.equal((await payments.retry(reference, request)).attempts.length, 2);
  await buyer('declined', 2, 'pay');
  assert.equal((await payments.refresh(reference)).status, 'AUTHORIZED');

  await isRefused(payments.capture(reference, { captureAmount: euros('30001') }), 'AmountExceedsAuthorization');
  await Promise.allSettled([payments.capture(reference), payments.capture(reference)]);
  assert.equal((await payments.wait(reference)).status, 'CAPTURED');
});
