import fc from 'fast-check';
import { mention } from './draft.ts';
import { type Schema } from './schema.ts';

/** In every secret that is sent: no answer may ever hold it. */
export const SECRET = 'canary-of-a-secret';

const secret = fc.nat(999).map((number) => `${SECRET}-${number}`);
const days = fc.constantFrom('1980-02-29', '2020-01-31', '2031-12-31');
/** Left out. */
const nothing = fc.constant(undefined);

/** Values that rules beyond the schema let pass, by the name of the field. */
const hints: Record<string, fc.Arbitrary<unknown>> = {
  redashQueryUrl: fc.constantFrom('https://redash.example.com/queries/1', 'https://redash.example.com/queries/7?p_x=1'),
  redashApiKey: secret,
  password: secret,
  passphrase: nothing,
  privateKey: nothing,
  schedule: fc.constantFrom('P P * * 1-5', 'P P * * *', 'P P 1 * *'),
  bulkSenderId: fc.constantFrom(null, undefined),
  host: fc.constantFrom('sftp.example.com', 'sftp.example.com:2222'),
  cdDir: fc.constantFrom('/in', 'in/today'),
  fileNameTemplate: fc.constantFrom('{runId}-{kind}', '{campaignId} {time} {kind}'),
  hostKeyFingerprint: fc.constant(`SHA256:${'A'.repeat(43)}`),
  field: fc.constantFrom('person.displayId', 'contact.value', 'person.name.firstName', 'query.days_past_due'),
  outputName: fc.nat(9_999).map((number) => `column ${number}`),
  value: fc.oneof(
    fc.integer({ min: 1_000, max: 9_999 }).map((number) => `+1415555${number}`),
    fc.nat(999).map((number) => `robin${number}@example.com`),
  ),
  timeZone: fc.constantFrom('America/New_York', 'Europe/Berlin', 'UTC'),
  timezone: fc.constantFrom('America/New_York', 'UTC'),
  dateOfBirth: days,
  monitorStartDate: days,
  externalId: fc.oneof(
    fc.uuid(),
    fc.nat(30).map((number) => `our number ${number}`),
  ),
  timesOfDay: fc.constant([{ fromHour: 8, toHour: 20 }]),
  startedAt: fc.constant('2026-01-01T10:00:00Z'),
  endedAt: fc.constant('2026-01-01T10:05:00Z'),
  scheduledAtFrom: fc.constant('2026-01-02T10:00:00Z'),
  scheduledAtTo: fc.constant('2026-01-02T11:00:00Z'),
  startDate: fc.constantFrom('2026-01-01', '2026-02-28'),
  endDate: fc.constantFrom('2026-03-01', '2030-12-31'),
  contactExternalId: nothing,
  dispatchWindow: fc.constant({ from: '05:00', to: '08:00' }),
  sendWindow: fc.constant({ from: '10:00', to: '17:00' }),
  catchUpUntil: fc.constant('12:00'),
  rulePack: fc.constant('reg-f'),
  rulePacksByState: fc.constant({}),
  complianceGuardUrl: nothing,
  gateways: nothing,
  alertWebhook: nothing,
  smsWebhook: nothing,
  previousInteractionId: nothing,
  queryResultsOverride: fc.oneof(
    nothing,
    fc.array(fc.record({ id: fc.nat(99), days_past_due: fc.nat(90) }), { maxLength: 3 }),
  ),
  worker: fc.constantFrom(undefined, 'external', 'external'),
  requireScreening: fc.constantFrom(false, false, false, true), // exporters that do not screen forbid it
};
const runStatus = fc.constantFrom('running', 'running', 'running', 'succeeded', 'failed', 'canceled', 'pending');

/** Values of a field that its schema alone cannot tell; undefined: the schema tells enough. */
export function fieldHint(name: string, schema: Schema): fc.Arbitrary<unknown> | undefined {
  if (schema.readOnly) return undefined;
  if (Object.hasOwn(hints, name)) return hints[name];
  if (name === 'status' && schema.enum?.includes('canceled')) return runStatus;
  if (/FileId$/.test(name)) return fc.oneof({ weight: 4, arbitrary: nothing }, mentionOf(name)); // a file has one run
  if (/^(contactId|loanIds?)$/.test(name)) return fc.oneof({ weight: 2, arbitrary: nothing }, mentionOf(name)); // of one person
  if (schema.enum || [schema.type ?? 'string'].flat()[0] !== 'string') return undefined;
  return /Ids?$|^startingAfter$|^endingBefore$/.test(name) ? mentionOf(name) : undefined;
}

/** An object of one's own, by its id most of the time. */
export function mentionOf(name: string): fc.Arbitrary<unknown> {
  const by = fc.constantFrom('id' as const, 'id' as const, 'id' as const, 'external' as const, 'displayId' as const);
  return fc
    .record({ by, pick: fc.nat(11) })
    .map(({ by, pick }) => mention({ name: name.replace(/Ids$/, 'Id'), whose: 'own', by, pick }));
}
