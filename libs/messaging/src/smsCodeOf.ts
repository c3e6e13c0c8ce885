import { type SmsCode, smsErrors, type SmsName } from './smsErrors.ts';

/**
 * The code that clients are told of an error that stands on a message or a subscription, where it is stored by its name or its
 * code; null: there is none. What has neither, such as an error of a library, is one of ours.
 */
export function smsCodeOf(stored: string | null): SmsCode | null {
  if (stored === null) return null;
  const known = Object.values(smsErrors).find(({ code }) => code === stored);
  if (known) return known.code;
  return smsErrors[Object.hasOwn(smsErrors, stored) ? (stored as SmsName) : 'unexpected'].code;
}
