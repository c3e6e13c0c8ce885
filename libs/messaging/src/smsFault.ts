import { type SmsCode, smsErrors, type SmsName } from './smsErrors.ts';

/** One faulty field of a body of the SMS API. It is a Fault of core with a code that clients know. */
export interface SmsFault {
  code: SmsCode;
  field: string;
  /** What to write instead. */
  message: string;
}

/** The fault of a field, by the name of its error. */
export function smsFault(name: SmsName, field: string, message: string): SmsFault {
  return { code: smsErrors[name].code, field, message };
}
