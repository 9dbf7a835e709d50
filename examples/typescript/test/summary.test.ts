/** The line about a payment in lists is that of the Python client. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Amount, PaymentOrder } from '../src/generated/PaymentOrder.ts';
import { summaryOf } from '../src/summary.ts';

function orderOf(currency: Amount['currency'], value: string): PaymentOrder {
  const amount = { currency, value };
  return {
    paymentReference: 'ORDER_1',
    order: { referenceOrderId: 'ORDER_1', orderDescription: 'two books', orderAmount: amount },
    paymentAmount: amount,
    env: { terminalType: 'WEB', clientIp: '203.0.113.7' },
    paymentRedirectUrl: 'https://shop.example.com',
    paymentMethod: { paymentMethodType: 'CARD' },
    captureMode: 'MANUAL',
  };
}

test('the amount is in major units, with the decimals of its currency', () => {
  assert.equal(summaryOf(orderOf('EUR', '30000')), 'EUR 300.00 · ORDER_1 · MANUAL');
  assert.equal(summaryOf(orderOf('EUR', '5')), 'EUR 0.05 · ORDER_1 · MANUAL');
  assert.equal(summaryOf(orderOf('JPY', '300')), 'JPY 300 · ORDER_1 · MANUAL');
});
