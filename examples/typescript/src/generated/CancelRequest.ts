/* Generated from docs/schemas/CancelRequest.json by `npm run types`. */

/**
 * The request to cancel a payment. The audit trail keeps its `reason`.
 */
export interface CancelRequest {
  reason: string;
}
