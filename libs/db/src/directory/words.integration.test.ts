import { affiliations, contactLabels, contactStatuses, contactTypes } from '@muster/core/contactExporter';
import {
  borrowerTypes,
  collectionsIntensities,
  consentNames,
  consentStatuses,
  interactionChannels,
  interactionDirections,
  interactionStatuses,
  loanStatuses,
  personStatuses,
} from '@muster/core/directory';
import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import { openDatabase, type OpenDatabase } from '../openDatabase.ts';

let database: TestDatabase;
let db: OpenDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  db = await openDatabase({ url: database.url });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

it.each<[string, readonly string[]]>([
  ['person_borrower_type', borrowerTypes],
  ['person_status', personStatuses],
  ['person_collections_intensity', collectionsIntensities],
  ['loan_status', loanStatuses],
  ['contact_contact_type', contactTypes],
  ['contact_label', contactLabels],
  ['contact_affiliation', affiliations],
  ['contact_status', contactStatuses],
  ['consent_name', consentNames],
  ['consent_status', consentStatuses],
  ['interaction_channel', interactionChannels],
  ['interaction_direction', interactionDirections],
  ['interaction_status', interactionStatuses],
])('the database takes the words of %s that the API takes, and no others', async (column, words) => {
  const [row] = await db.query<{ check: string }>(
    'select pg_get_constraintdef(oid) as check from pg_constraint where conname = $1',
    [`${column}_check`],
  );
  const stored = [...(row?.check ?? '').matchAll(/'(\w+)'/g)].map(([, word]) => word);
  expect(stored.sort()).toEqual([...words].sort());
});
