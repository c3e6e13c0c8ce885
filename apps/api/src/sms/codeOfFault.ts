import { type Fault } from '@muster/core/errors';
import { smsErrors } from '@muster/messaging/smsErrors';

/** The code of a fault: rules of this API bear its codes; the checks of a form have words of their own for what is wrong. */
export function codeOfFault({ code }: Pick<Fault, 'code'> = { code: '' }): string {
  if (/^\d+$/.test(code)) return code;
  return smsErrors[code === 'unknownField' ? 'unknownField' : 'invalidField'].code;
}
