/* Generated from docs/schemas/CaptureRequest.json by `npm run types`. */

/**
 * The request to capture `captureAmount`, or the whole authorized amount when it is absent.
 */
export interface CaptureRequest {
  captureAmount?: Amount | null;
  isLastCapture?: boolean;
  key?: string | null;
}
/**
 * An amount: a listed currency and a positive number of minor units.
 *
 * `Amount(currency="EUR", value="30000")` is EUR 300.00. IDR amounts end in 00 (Antom: currency rules).
 */
export interface Amount {
  currency:
    | 'AUD'
    | 'BDT'
    | 'BRL'
    | 'CAD'
    | 'CLP'
    | 'CNY'
    | 'EUR'
    | 'GBP'
    | 'HKD'
    | 'IDR'
    | 'JPY'
    | 'KRW'
    | 'MXN'
    | 'MYR'
    | 'NZD'
    | 'PEN'
    | 'PHP'
    | 'PKR'
    | 'PLN'
    | 'SGD'
    | 'THB'
    | 'TWD'
    | 'USD'
    | 'VND';
  value: string;
}
