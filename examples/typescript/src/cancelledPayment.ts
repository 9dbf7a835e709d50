/** A capture that is refused because the buyer has not paid yet, and the cancellation of the payment. */

import { randomBytes } from 'node:crypto';

import { connect } from './connection.ts';
import { PaymentError } from './errors.ts';
import { PaymentClient } from './paymentClient.ts';

const reference = `typescript-${randomBytes(4).toString('hex')}`;
const amount = { currency: 'EUR', value: '30000' } as const;
const temporal = await connect();
const payments = new PaymentClient(temporal);

let payment = await payments.authorize({
  paymentReference: reference,
  order: { referenceOrderId: reference, orderDescription: 'two books', orderAmount: amount },
  paymentAmount: amount,
  env: { terminalType: 'WEB', clientIp: '203.0.113.7' },
  paymentRedirectUrl: process.env['HOLDFAST_SHOP_URL'] ?? 'https://shop.example.com',
  paymentMethod: { paymentMethodType: 'CARD' },
  captureMode: 'MANUAL',
});
console.log(`${reference} is ${payment.status}`);

try {
  await payments.capture(reference);
} catch (error) {
  if (!(error instanceof PaymentError) || error.type !== 'NotAuthorized') {
    throw error;
  }
  console.log(error.message);
}

payment = await payments.cancel(reference, 'out of stock');
console.log(`${reference} is ${payment.status}`);
await temporal.connection.close();
