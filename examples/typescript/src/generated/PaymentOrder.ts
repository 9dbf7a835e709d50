/* Generated from docs/schemas/PaymentOrder.json by `npm run types`. */

/**
 * How an authorization is captured: by the gateway at once, or by the merchant with a capture call.
 */
export type CaptureMode = 'AUTOMATIC' | 'MANUAL';
/**
 * The operating system of the buyer's device; required for each terminal except WEB.
 */
export type OsType = 'IOS' | 'ANDROID';
/**
 * The kind of page or app in which the buyer pays.
 */
export type TerminalType = 'WEB' | 'WAP' | 'APP' | 'MINI_APP';
/**
 * The action that is taken one hour before an uncaptured authorization expires.
 */
export type AuthorizationExpiry = 'VOID' | 'CAPTURE' | 'NOTIFY';

/**
 * The order of one card payment. Amounts are digit strings in minor units, durations are in seconds.
 */
export interface PaymentOrder {
  attemptLimit?: number;
  captureMode?: CaptureMode;
  completeWithin?: number;
  env: Env;
  merchantAccount?: string;
  onAuthorizationExpiry?: AuthorizationExpiry;
  order: Order;
  paymentAmount: Amount;
  paymentMethod: PaymentMethod;
  paymentRedirectUrl: string;
  paymentReference: string;
  retryWindow?: number;
  settlementStrategy?: SettlementStrategy | null;
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
 * The order that is paid. Antom does not compare `orderAmount` with the payment's amount.
 */
export interface Order {
  buyer?: Buyer | null;
  extendInfo?: string | null;
  goods?: Goods[] | null;
  merchant?: Merchant | null;
  orderAmount: Amount;
  orderDescription: string;
  referenceOrderId: string;
  shipping?: Shipping | null;
}
/**
 * The buyer in the merchant's records; card payments need a phone number or an e-mail address.
 */
export interface Buyer {
  buyerEmail?: string | null;
  buyerName?: Name | null;
  buyerPhoneNo?: string | null;
  buyerRegistrationTime?: string | null;
  isAccountVerified?: boolean | null;
  referenceBuyerId?: string | null;
  successfulOrderCount?: number | null;
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
 * One line of an order.
 */
export interface Goods {
  deliveryMethodType?: ('PHYSICAL' | 'DIGITAL') | null;
  goodsBrand?: string | null;
  goodsCategory?: string | null;
  goodsImageUrl?: string | null;
  goodsName?: string | null;
  goodsQuantity?: string | null;
  goodsSkuName?: string | null;
  goodsUnitAmount?: Amount | null;
  goodsUrl?: string | null;
  referenceGoodsId?: string | null;
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
/**
 * The sub-merchant that sells the goods: only for acquirers with sub-merchants.
 */
export interface Merchant {
  merchantAddress?: Address | null;
  merchantCountryCode?: string | null;
  merchantDisplayName?: string | null;
  merchantMCC?: string | null;
  merchantName?: string | null;
  merchantRegisterDate?: string | null;
  merchantType?: string | null;
  merchantUrl?: string | null;
  referenceMerchantId?: string | null;
}
/**
 * A postal address; `region` is an ISO 3166 code of two letters.
 */
export interface Address {
  address1?: string | null;
  address2?: string | null;
  city?: string | null;
  region?: string | null;
  state?: string | null;
  zipCode?: string | null;
}
/**
 * The shipping address and the carrier of the goods.
 */
export interface Shipping {
  notes?: string | null;
  shipToEmail?: string | null;
  shippingAddress?: Address | null;
  shippingCarrier?: string | null;
  shippingDescription?: string | null;
  shippingFee?: Amount | null;
  shippingFeeId?: string | null;
  shippingName?: Name | null;
  shippingNumber?: string | null;
  shippingPhoneNo?: string | null;
  trackingUrl?: string | null;
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
 * The result of a 3-D Secure authentication by another provider, without its cryptogram.
 */
export interface MpiData {
  credentialType?: string | null;
  dsTransactionId?: string | null;
  eci?: string | null;
  threeDSVersion?: string | null;
}
/**
 * The currency in which the merchant is paid, where the merchant's contract has several.
 */
export interface SettlementStrategy {
  settlementCurrency?: string | null;
}
