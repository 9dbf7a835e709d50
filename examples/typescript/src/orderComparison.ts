/** The comparison of an order with the payment of its reference: the server drops the order of a second start. */

import { createHash } from 'node:crypto';

import { PaymentError } from './errors.ts';
import type { Payment } from './generated/Payment.ts';
import type { PaymentMethod, PaymentOrder } from './generated/PaymentOrder.ts';

/** Throws `PaymentReferenceReused` where the payment was started with another order. */
export function refuseOtherPayment(order: PaymentOrder, payment: Payment): void {
  const isSame =
    order.paymentAmount.value === payment.paymentAmount.value &&
    order.paymentAmount.currency === payment.paymentAmount.currency &&
    (order.merchantAccount ?? 'default') === payment.merchantAccount &&
    (order.captureMode ?? 'AUTOMATIC') === payment.captureMode &&
    fingerprint(order.paymentMethod) === (payment.paymentMethodFingerprint ?? fingerprint(order.paymentMethod));
  if (!isSame) {
    throw new PaymentError('PaymentReferenceReused', 'the reference belongs to a payment with another order');
  }
}

function fingerprint(method: PaymentMethod): string {
  const card = method.cardReference ? 'card from the vault' : 'page or stored card';
  const lines = [method.paymentMethodType, card, method.paymentMethodId ?? ''];
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 32);
}
