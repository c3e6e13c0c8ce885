import { type Writable } from 'node:stream';
import { type Database } from '@muster/core/database';
import { copyCsv } from '../copyCsv.ts';
import { guardFormula } from '../formulaGuard.ts';
import { quoteLiteral } from '../sqlText.ts';
import { type Resolving } from './resolving.ts';

const MOST_FAULTS = 100_000;
const header = ['line', 'code', 'field', 'message', 'externalId'];

/** What is said of rows that were refused in the database; those refused before bring their own words. */
const messages: Record<string, string> = {
  duplicateInFile: 'names an object that an earlier line of the file named: the earlier one counts',
  notFound: 'names nothing that is known',
  deleted: 'names an object that was deleted: it is not brought back by a file',
  externalIdTaken: 'is the externalId of another object',
  personNotFound: 'names no person that is known',
  otherPerson: 'names another person than the one that the object belongs to',
  loanNotFound: 'names a loan that is not known, or not the person’s',
  contactNotFound: 'names a contact that is not known, or not the person’s',
  interactionNotFound: 'names an interaction that is not known, or not the person’s',
  required: 'is missing',
  otherType: 'cannot change without a value of the new type',
  endsBeforeStart: 'is before the startDate',
  outOfRange: 'lies in the future, though it has happened',
};

/** Writes the refused rows, one line a fault, in the order of the file: never a value but the externalId. Gives the number of lines. */
export function writeRefused(tx: Database, { staged, checked }: Resolving, to: Writable): Promise<number> {
  const externalId = staged.hasExternalId ? 's.external_id' : 'null::text';
  const words = Object.entries(messages).map((pair) => `(${pair.map(quoteLiteral).join(', ')})`);
  const select = `
    select line, code, field, message, ${guardFormula('external_id')}
    from (
      select s.line, fault.nth, fault.item ->> 'code' as code, fault.item ->> 'field' as field, fault.item ->> 'message' as message,
        ${externalId} as external_id
      from ${staged.name} s cross join lateral jsonb_array_elements(s.refusal) with ordinality as fault (item, nth)
      union all
      select s.line, 1, words.code, split_part(c.refusal, ' ', 2), words.message, ${externalId}
      from ${checked} c join ${staged.name} s on s.line = c.line
      join (values ${words.join(', ')}) words (code, message) on words.code = split_part(c.refusal, ' ', 1)
    ) refused
    order by line, nth limit ${MOST_FAULTS}`;
  return copyCsv(tx, { header, select }, to);
}
