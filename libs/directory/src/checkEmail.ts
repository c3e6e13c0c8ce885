import { type Refusal } from '@muster/core/fields';
import { isEmail } from '@muster/core/validation';

/** Why a text has not the form of an email address, or undefined where it has. Whether anybody reads it is not asked. */
export function checkEmail(text: string): Refusal | undefined {
  return text.length <= 254 && isEmail(text) ? undefined : refusal;
}

const refusal: Refusal = { code: 'emailInvalid', message: 'has not the form of an email address, name@example.com' };
