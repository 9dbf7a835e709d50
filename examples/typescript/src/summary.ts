/** The line about a payment in lists of payments. */

import type { PaymentOrder } from './generated/PaymentOrder.ts';

const WITHOUT_DECIMALS: readonly string[] = ['CLP', 'JPY', 'KRW', 'VND'];

/** Returns the amount, the order and the capture mode, as in `EUR 300.00 · ORDER_1 · MANUAL`. */
export function summaryOf(order: PaymentOrder): string {
  const { currency, value } = order.paymentAmount;
  const digits = value.padStart(3, '0');
  const amount = WITHOUT_DECIMALS.includes(currency) ? value : `${digits.slice(0, -2)}.${digits.slice(-2)}`;
  return `${currency} ${amount} · ${order.order.referenceOrderId} · ${order.captureMode ?? 'AUTOMATIC'}`;
}
