/** Where a gateway of a company is, and what signs what it is sent; null: it is not signed. */
export interface GatewayAddress {
  url: string;
  secret: string | null;
}

/** A text message to be sent. */
export interface OutgoingText {
  /** The same at each try of one message: a gateway that has taken it does not take it again. */
  key: string;
  /** The number that it comes from. */
  channel: string;
  /** Digits only, with the country code: `4512345678`. */
  msisdn: string;
  text: string;
  /** The name that is shown in place of the channel; null: none. */
  senderAlias: string | null;
}

/** Sends texts. */
export interface TextGateway {
  /**
   * Sends a text, once for each key however often it is asked; gives the gateway's own id of it. Throws TemporaryFailure where
   * it may be tried again, whether or not the text was taken; PermanentFailure `textRefused` where the gateway will never
   * send it.
   */
  send(at: GatewayAddress, text: OutgoingText, signal: AbortSignal): Promise<{ gatewayId: string }>;
}

/** An amount to be charged to a number. */
export interface Charge {
  /** The same at each try of one charge: a gateway that has made it does not make it again. */
  key: string;
  channel: string;
  /** Digits only, with the country code. */
  msisdn: string;
  /** With two decimals: `20.00`. */
  amount: string;
  amountVat: string;
  amountTotal: string;
  /** ISO 4217. */
  currencyCode: string;
  /** What stands on the payer's bill. */
  invoiceText: string;
  /** In the words of the contract (`ContentType`). */
  contentType: string;
  purposeAccountingCode: string | null;
  /** Of the inbound message, or of the subscription, that it is for. */
  reference: string;
}

/** What became of a charge. A refusal is an answer, and no failure: it is not tried again by itself. */
export type ChargeOutcome =
  | { outcome: 'charged'; gatewayId: string }
  | {
      outcome: 'refused';
      /** The gateway's own code, of at most 50 visible characters. */
      code: string;
      /** Whether the number has lost its means to pay, for good as far as the gateway knows. */
      methodLost: boolean;
    };

/** Charges numbers. */
export interface PaymentGateway {
  /**
   * Charges a number, once for each key however often it is asked. Throws TemporaryFailure where it may be tried again with
   * the same key, whether or not the charge was made, unless `isUnasked`; PermanentFailure `chargeNotUnderstood` where the gateway calls the
   * request itself wrong: after a try whose end is not known, that does not say that nothing was charged.
   */
  charge(at: GatewayAddress, charge: Charge, signal: AbortSignal): Promise<ChargeOutcome>;
}
