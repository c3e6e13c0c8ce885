import { type Schema } from '@muster/core/fields';

const counts = {
  queried: 'Rows of the query',
  invalid: 'Rows without a whole, positive borrower id',
  duplicate: 'Rows with the borrower and loan of an earlier one',
  unknownBorrower: 'Rows of borrowers that nobody knows',
  goOn: 'Rows that go on: all others',
  noContact: 'Of these, for an exporter: rows without a contact that matches',
  matched: 'Rows with one: all others',
  contacts: 'Their contacts',
  screenedOut: 'Of these, for each reason, the contacts whose first reason it is',
  exported: 'Contacts in the file: all others',
};

/** What the counts are, for descriptions. */
export const FUNNEL = 'The funnel, which adds up exactly. What is not counted yet, or not at all, is not there';

const count: Schema = { type: 'integer', minimum: 0 };
const perReason: Schema = { type: 'object', additionalProperties: count };

/** The schema of a run's counts. */
export const funnelSchema: Schema = {
  type: 'object',
  properties: Object.fromEntries(
    Object.entries(counts).map(([name, description]) => [
      name,
      { ...(name === 'screenedOut' ? perReason : count), description },
    ]),
  ),
};

const funnel = Object.keys(counts);

/** The database keeps no order of keys: people read the counts from what came in down to what went out. */
export function inFunnelOrder(stored: Record<string, unknown>): Record<string, unknown> {
  const others = Object.keys(stored).filter((name) => !funnel.includes(name));
  const names = [...funnel.filter((name) => Object.hasOwn(stored, name)), ...others];
  return Object.fromEntries(names.map((name) => [name, stored[name]]));
}
