import { decimalOf, hundredthsOf } from './decimalOf.ts';

/** What may be put into a reply. What is null is not known: its word stays as it is. */
export interface ReplyValues {
  /** Digits only, with the country code. */
  phone: string | null;
  /** As it is to be read: shortened, where the campaign says so. */
  url: string | null;
  /** What was paid, VAT included. */
  amount: number | null;
  keyword: string | null;
  channel: string | null;
}

const WORD = /\[(phone|url|amount|keyword|channel)\]/g;

/**
 * A reply with its values: `[phone]`, `[url]`, `[amount]`, `[keyword]` and `[channel]`, written so (contract: sms-inbound,
 * `replyText`). Other words in brackets stay; so does what a value holds, were it `[url]` again.
 */
export function renderReply(template: string, { amount, ...values }: ReplyValues): string {
  const texts = { ...values, amount: amount === null ? null : plainAmount(amount) };
  return template.replace(WORD, (word, name: keyof typeof texts) => texts[name] ?? word);
}

/** The address of a reply with the number for `[phone]`, URL-encoded (contract: sms-inbound, `replyTextUrl`). */
export function renderUrl(template: string, phone: string): string {
  return template.replaceAll('[phone]', () => encodeURIComponent(phone));
}

/**
 * An amount as it stands in a text: `20`, or `20.50`. A point, no comma, and no name of the currency: it is the form in which
 * clients send the amount, and they write the rest around it in the language of their reply.
 */
export function plainAmount(amount: number): string {
  const hundredths = hundredthsOf(decimalOf(amount));
  return hundredths % 100 === 0 ? String(hundredths / 100) : (hundredths / 100).toFixed(2);
}
