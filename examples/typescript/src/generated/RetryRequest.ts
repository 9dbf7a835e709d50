/* Generated from docs/schemas/RetryRequest.json by `npm run types`. */

/**
 * The operating system of the buyer's device; required for each terminal except WEB.
 */
export type OsType = 'IOS' | 'ANDROID';
/**
 * The kind of page or app in which the buyer pays.
 */
export type TerminalType = 'WEB' | 'WAP' | 'APP' | 'MINI_APP';

/**
 * The request for a new attempt after a decline, with another payment method or environment.
 */
export interface RetryRequest {
  env?: Env | null;
  key?: string | null;
  paymentMethod: PaymentMethod;
}
/**
 * The buyer's environment; `timeZoneOffset` is in minutes, with the sign that JavaScript uses.
 */
export interface Env {
  browserInfo?: BrowserInfo | null;
  clientIp?: string | null;
  colorDepth?: (1 | 4 | 8 | 15 | 16 | 24 | 30 | 32 | 48) | null;
  cookieId?: string | null;
  deviceBrand?: string | null;
  deviceId?: string | null;
  deviceLanguage?: string | null;
  deviceModel?: string | null;
  deviceTokenId?: string | null;
  extendInfo?: string | null;
  osType?: OsType | null;
  osVersion?: string | null;
  screenHeight?: number | null;
  screenWidth?: number | null;
  terminalType: TerminalType;
  timeZoneOffset?: number | null;
  userAgent?: string | null;
}
/**
 * The browser properties that an issuer's 3-D Secure server asks for.
 */
export interface BrowserInfo {
  acceptHeader?: string | null;
  javaEnabled?: boolean | null;
  javaScriptEnabled?: boolean | null;
  language?: string | null;
  userAgent?: string | null;
}
/**
 * The payment method: the gateway's hosted page, a stored card, or a card from the card vault.
 */
export interface PaymentMethod {
  cardReference?: string | null;
  paymentMethodId?: string | null;
  paymentMethodMetaData?: CardMetaData | null;
  paymentMethodType: 'CARD';
}
/**
 * Every field of a card payment except the card data.
 */
export interface CardMetaData {
  billingAddress?: BillingAddress | null;
  businessNo?: string | null;
  cardholderName?: Name | null;
  cpf?: string | null;
  dateOfBirth?: string | null;
  enableAuthenticationUpgrade?: boolean | null;
  is3DSAuthentication?: boolean | null;
  isCardOnFile?: boolean | null;
  mpiData?: MpiData | null;
  networkTransactionId?: string | null;
  payerEmail?: string | null;
  paymentMethodRegion?: string | null;
  recurringType?: ('SCHEDULED' | 'UNSCHEDULED') | null;
  request3DS?: boolean | string | null;
  requireIssuerAuthentication?: boolean | null;
  scaExemptionIndicator?: boolean | string | null;
  selectedCardBrand?: string | null;
  tokenize?: boolean | null;
  tokenizeMode?: string | null;
}
/**
 * The card's billing address, with a region.
 *
 * In the US, `state` has 2 to 3 characters and `zipCode` at most 10.
 */
export interface BillingAddress {
  address1?: string | null;
  address2?: string | null;
  city?: string | null;
  region: string;
  state?: string | null;
  zipCode?: string | null;
}
/**
 * The name of a person: buyer, cardholder or receiver.
 */
export interface Name {
  firstName?: string | null;
  fullName?: string | null;
  lastName?: string | null;
  middleName?: string | null;
}
/**
 * The result of a 3-D Secure authentication by another provider, without its cryptogram.
 */
export interface MpiData {
  credentialType?: string | null;
  dsTransactionId?: string | null;
  eci?: string | null;
  threeDSVersion?: string | null;
}
