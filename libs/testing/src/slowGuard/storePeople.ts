import { type Database } from '@muster/core/database';
import { reservingRuns } from './pastArbitrary.ts';
import { type NamedLoan, type SlowPerson } from './slowWorld.ts';

const MOST_OF_A_PERSON = 10;

/** The keys under which people are stored: of the first, and from it those of their contacts and loans. */
export const slowKeys = {
  person: (first: number, at: number): number => first + at,
  ofPerson: (person: number, at: number): number => person * MOST_OF_A_PERSON + at,
};

/** Stores the runs that people's reservations name. */
export async function storeRuns(db: Database, companyId: string): Promise<void> {
  await db.execute(
    `with made as (insert into campaign (company_id) values ($1) returning id)
     insert into run (id, company_id, campaign_id, trigger, settings, status)
     select name, $1, made.id, 'manual', '{}', 'succeeded' from made, unnest($2::text[]) name`,
    [companyId, reservingRuns],
  );
}

/** Lets people have intensities that we do not know: as where a later release has changed the database already. */
export async function allowUnknownIntensities(db: Database): Promise<void> {
  await asOwner(db, 'alter table person drop constraint person_collections_intensity_check');
}

/** Stores people from this key on, with all that is on record of them, in one statement a table. */
export async function storePeople(
  db: Database,
  { companyId, first, people }: { companyId: string; first: number; people: readonly SlowPerson[] },
): Promise<void> {
  for (const [table, { columns, rowsOf }] of Object.entries(tables)) {
    const rows = people.flatMap((person, at) => rowsOf(person, slowKeys.person(first, at)));
    const names = Object.keys(columns).join(', ');
    const types = Object.entries(columns).map(([name, type]) => `${name} ${type}`);
    await db.execute(
      `insert into ${table} (company_id, ${names})
       select $1, ${names} from jsonb_to_recordset($2::jsonb) one (${types.join(', ')})`,
      [companyId, JSON.stringify(rows)],
    );
  }
}

/** Tells the planner how much is stored by now: as if tables were empty, it would look through all of it for each person. */
export async function countPeople(db: Database): Promise<void> {
  await asOwner(db, `analyze ${Object.keys(tables).join(', ')}`);
}

function asOwner(db: Database, sql: string) {
  return db.transaction(async (tx) => {
    await tx.execute('set local role none');
    await tx.execute(sql);
  });
}

interface Stored {
  columns: Record<string, string>;
  rowsOf: (person: SlowPerson, key: number) => Record<string, unknown>[];
}

const deletedAt = (isDeleted: boolean) => (isDeleted ? '2026-01-01T00:00:00Z' : null);

// interactions before reservations, which they would consume
const tables: Record<string, Stored> = {
  person: {
    columns: { key: 'bigint', status: 'text', collections_intensity: 'text', time_zone: 'text' },
    rowsOf: ({ status, intensity, timeZone }, key) => [
      { key, status, collections_intensity: intensity, time_zone: timeZone },
    ],
  },
  loan: {
    columns: { key: 'bigint', person_key: 'bigint', status: 'text', deleted_at: 'timestamptz' },
    rowsOf: ({ loans }, person) =>
      loans.map(({ status, isDeleted }, at) => ({
        ...{ key: slowKeys.ofPerson(person, at), person_key: person, status, deleted_at: deletedAt(isDeleted) },
      })),
  },
  contact: {
    columns: {
      ...{ key: 'bigint', person_key: 'bigint', contact_type: 'text', name: 'text', value: 'text', label: 'text' },
      ...{ affiliation: 'text', status: 'text', state: 'text', country: 'text', valid: 'bool' },
      ...{ receive_text_messages: 'bool', authorized_third_party: 'bool', power_of_attorney: 'bool' },
      deleted_at: 'timestamptz',
    },
    rowsOf: ({ contacts }, person) =>
      contacts.map(({ type, isValid, takesTexts, isAuthorized, hasPowerOfAttorney, isDeleted, ...as }, at) => ({
        ...as,
        ...{ key: slowKeys.ofPerson(person, at), person_key: person, contact_type: type, valid: isValid },
        ...{ receive_text_messages: takesTexts, authorized_third_party: isAuthorized },
        ...{ power_of_attorney: hasPowerOfAttorney, deleted_at: deletedAt(isDeleted) },
      })),
  },
  consent: {
    columns: { person_key: 'bigint', name: 'text', status: 'text' },
    rowsOf: ({ consents }, person) =>
      Object.entries(consents).map(([name, status]) => ({ person_key: person, name, status })),
  },
  do_not_interact: {
    columns: {
      ...{ person_key: 'bigint', channels: 'text[]', themes: 'text[]', contact_labels: 'text[]' },
      ...{ start_date: 'date', end_date: 'date', days_of_week: 'int[]', times_of_day: 'jsonb', timezone: 'text' },
      deleted_at: 'timestamptz',
    },
    rowsOf: ({ doNotInteracts }, person) =>
      doNotInteracts.map(({ labels, startDate, endDate, daysOfWeek, hours, timeZone, isDeleted, ...as }) => ({
        ...as,
        ...{ person_key: person, contact_labels: labels, start_date: startDate, end_date: endDate },
        ...{ days_of_week: daysOfWeek, times_of_day: hours, timezone: timeZone, deleted_at: deletedAt(isDeleted) },
      })),
  },
  interaction: {
    columns: {
      ...{ person_key: 'bigint', loan_keys: 'bigint[]', contact_key: 'bigint', channel: 'text', direction: 'text' },
      ...{ status: 'text', status_details: 'text', theme: 'text', started_at: 'timestamptz' },
      deleted_at: 'timestamptz',
    },
    rowsOf: ({ interactions }, person) =>
      interactions.map(({ isConversation, loans, contact, startedAt, isDeleted, ...as }) => ({
        ...as,
        ...{ person_key: person, loan_keys: loans && keysOfLoans(loans, person) },
        contact_key: contact === 'unknown' ? 1 : contact === null ? null : slowKeys.ofPerson(person, contact),
        status_details: isConversation === null ? null : isConversation ? 'voiceSpokeWithFirstParty' : 'voiceNoAnswer',
        ...{ started_at: startedAt, deleted_at: deletedAt(isDeleted) },
      })),
  },
  reservation_set: {
    columns: {
      ...{ key: 'bigint', run_id: 'text', theme: 'text', reserved_at: 'timestamptz', expires_at: 'timestamptz' },
      released_at: 'timestamptz',
    },
    rowsOf: ({ reservations }, person) =>
      reservations.map(({ run, theme, reservedAt, expiresAt, isReleased }, at) => ({
        ...{ key: slowKeys.ofPerson(person, at), run_id: run, theme, reserved_at: reservedAt, expires_at: expiresAt },
        released_at: isReleased ? reservedAt : null,
      })),
  },
  reservation: {
    columns: { set_key: 'bigint', person_key: 'bigint', loan_key: 'bigint', channel: 'text', consumed_by: 'bigint' },
    rowsOf: ({ reservations }, person) =>
      reservations.map(({ loan, channel, isConsumed }, at) => ({
        ...{ set_key: slowKeys.ofPerson(person, at), person_key: person, channel },
        loan_key: loan === null ? null : slowKeys.ofPerson(person, loan),
        consumed_by: isConsumed ? slowKeys.ofPerson(person, at) : null,
      })),
  },
};

// nobody's has the key 1: people are stored from higher ones on
function keysOfLoans(loans: readonly NamedLoan[], person: number) {
  return loans.map((loan) => (loan === 'foreign' ? 1 : slowKeys.ofPerson(person, loan)));
}
