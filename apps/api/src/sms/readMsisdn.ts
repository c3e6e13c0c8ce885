import { normalisePhone } from '@muster/directory/normalisePhone';
import { pattern } from '@muster/core/fields';
import { smsFault } from '@muster/messaging/smsFault';
import { type Faults } from '../collectFaults.ts';

/** A number as it comes: what `readMsisdn` reads. */
export const msisdn = ({ description }: { description: string }) =>
  pattern(/^\+?\d{6,20}$/, {
    ...{ message: 'must be a number with its country code, such as 4520123456', example: '4520123456' },
    description,
  });

/** A number as it is kept: digits only, with the country code. One that is none becomes a fault of `field`. */
export function readMsisdn(given: string, { field, faults }: { field: string; faults: Pick<Faults, 'add'> }): string {
  const { value } = normalisePhone(`+${given.replace(/^(\+|00)/, '')}`);
  if (value !== undefined) return value.slice(1);
  faults.add(smsFault('invalidMsisdn', field, 'is no number with its country code, such as 4520123456'));
  return '';
}
