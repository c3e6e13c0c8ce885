import { type Charge, type OutgoingText } from '@muster/messaging/gateways';
import { contentTypes } from '@muster/messaging/smsCampaign';

/** A text to be sent, as a request says it. */
export type TextOrder = Omit<OutgoingText, 'key'>;
/** A charge to be made, as a request says it. */
export type ChargeOrder = Omit<Charge, 'key'>;
/** What each field of a body has to be. */
export type OrderForm<Order> = Record<keyof Order | 'type', (value: unknown) => boolean>;

const matches = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value);
const orNull = (check: (value: unknown) => boolean) => (value: unknown) => value === null || check(value);

const anything = matches(/\S/);
const amount = matches(/^\d{1,9}\.\d{2}$/);
const channel = matches(/^\d{3,15}$/);
const msisdn = matches(/^[1-9]\d{6,14}$/);

/** The body of a request for a text. */
export const textForm: OrderForm<TextOrder> = {
  ...{ type: matches(/^text$/), channel, msisdn, text: anything, senderAlias: orNull(anything) },
};

/** The body of a request for a charge. */
export const chargeForm: OrderForm<ChargeOrder> = {
  ...{ type: matches(/^charge$/), channel, msisdn, amount, amountVat: amount, amountTotal: amount },
  ...{ currencyCode: matches(/^[A-Z]{3}$/), invoiceText: anything, reference: anything },
  ...{ contentType: matches(new RegExp(`^(${contentTypes.join('|')})$`)), purposeAccountingCode: orNull(anything) },
};
