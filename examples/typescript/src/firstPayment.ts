/** Your first payment: the buyer pays on the gateway's page, and you capture. */

import { randomBytes } from 'node:crypto';

import { connect } from './connection.ts';
import type { PaymentOrder } from './generated/PaymentOrder.ts';
import { PaymentClient } from './paymentClient.ts';

const reference = `typescript-${randomBytes(4).toString('hex')}`; // your own key of the payment
const amount = { currency: 'EUR', value: '30000' } as const; // EUR 300.00, in minor units
const order: PaymentOrder = {
  paymentReference: reference,
  order: { referenceOrderId: reference, orderDescription: 'two books', orderAmount: amount },
  paymentAmount: amount,
  env: { terminalType: 'WEB', clientIp: '203.0.113.7' },
  paymentRedirectUrl: process.env['HOLDFAST_SHOP_URL'] ?? 'https://shop.example.com',
  paymentMethod: { paymentMethodType: 'CARD' },
  captureMode: 'MANUAL',
};

const temporal = await connect(); // reads the variables of merchant.env
const payments = new PaymentClient(temporal);

let payment = await payments.authorize(order); // a repeated call never makes a second payment
console.log(`${reference} is ${payment.status}`);
console.log(`pay here: ${payment.nextAction?.normalUrl}`);

payment = await payments.wait(reference, ['AUTHORIZED', 'DECLINED']);
console.log(`${reference} is ${payment.status}`);
if (payment.status === 'AUTHORIZED') {
  await payments.capture(reference);
  payment = await payments.wait(reference);
  console.log(`${reference} is ${payment.status}`);
}
await temporal.connection.close();
