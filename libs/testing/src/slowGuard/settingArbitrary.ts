import fc from 'fast-check';
import {
  affiliations,
  type CheckCanInteractData,
  contactLabels,
  type ContactMatchingCriteria,
  contactStatuses,
  contactTypes,
  themes,
} from '@muster/core/contactExporter';
import { rulePackNames } from '@muster/core/rulePacks/rulePack';
import { type SlowQuestion } from './slowWorld.ts';

/** A run that screens people: whom its exporter wants, and what for. */
export interface SlowRun {
  criteria: ContactMatchingCriteria;
  check: CheckCanInteractData;
  hasLoans: boolean;
}

/** A company at a moment, and two runs of it. */
export interface SlowSetting extends Pick<SlowQuestion, 'now' | 'companyZone' | 'guard'> {
  runs: SlowRun[];
}

/** Zones of companies, people and do-not-interacts: half hours, no summer time, the other hemisphere, the ends of the day. */
export const zonePool = [
  ...['America/New_York', 'America/Chicago', 'America/Los_Angeles', 'America/Phoenix', 'America/Adak'],
  ...['America/St_Johns', 'America/Costa_Rica', 'America/Santiago', 'Pacific/Honolulu', 'UTC', 'Europe/London'],
  ...['Asia/Kolkata', 'Asia/Kathmandu', 'Asia/Tokyo', 'Australia/Lord_Howe', 'Pacific/Auckland', 'Pacific/Chatham'],
  ...['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Africa/Cairo', 'EST5EDT', 'Etc/GMT+12'],
];

/** States that a company may have a pack for: the first three have several zones, or are in several area codes. */
export const statesWithPacks = ['MA', 'TN', 'NS', 'NY', 'CA', 'AK'];

const moments = [
  '2026-03-04T17:34:00Z',
  '2026-02-28T23:59:59.999Z',
  '2026-07-03T04:00:00Z',
  '2026-12-31T23:59:59Z',
  // around the nights in which clocks change: North America, Auckland and Lord Howe, London, Santiago
  ...['2026-03-08T06:59:59Z', '2026-03-08T07:00:00Z', '2026-03-08T18:00:00Z', '2026-03-09T03:59:59Z'],
  ...['2026-10-31T20:00:00Z', '2026-11-01T05:30:00Z', '2026-11-01T06:00:00Z', '2026-11-01T06:30:00Z'],
  ...['2026-11-01T17:00:00Z', '2026-04-04T14:59:59Z', '2026-04-05T02:30:00Z', '2026-09-26T15:00:00Z'],
  ...['2026-09-06T04:00:00Z', '2026-03-29T01:00:00Z', '2026-10-25T01:00:00Z'],
];

const now = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...moments).map((text) => new Date(text)) },
  { weight: 1, arbitrary: fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true }) },
);

const guard = fc.record({
  rulePack: fc.constantFrom(...rulePackNames),
  rulePacksByState: fc.dictionary(fc.constantFrom(...statesWithPacks), fc.constantFrom(...rulePackNames), {
    maxKeys: 4,
    noNullPrototype: true,
  }),
});

const criteria = fc
  .record(
    {
      contactType: fc.subarray([...contactTypes], { minLength: 1 }),
      label: fc.subarray([...contactLabels], { minLength: 2 }),
      affiliation: fc.subarray([...affiliations], { minLength: 3 }),
      status: fc.subarray([...contactStatuses], { minLength: 1 }),
    },
    { requiredKeys: [] },
  )
  .map((some) => (Object.keys(some).length > 0 ? some : { contactType: [...contactTypes] }));

const wide = fc.constantFrom<ContactMatchingCriteria>(
  { contactType: [...contactTypes] },
  { status: [...contactStatuses] },
);

const run: fc.Arbitrary<SlowRun> = fc.record({
  criteria: fc.oneof({ weight: 1, arbitrary: criteria }, { weight: 2, arbitrary: wide }),
  check: fc.record({
    theme: fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom('opsCollDebt' as const, 'opsCollLocateBorrower' as const) },
      { weight: 2, arbitrary: fc.constantFrom(...themes) },
    ),
    isAutodialed: fc.boolean(),
  }),
  hasLoans: fc.boolean(),
});

/** Companies at moments that matter. */
export const settingArbitrary: fc.Arbitrary<SlowSetting> = fc.record({
  now,
  companyZone: fc.oneof(fc.constantFrom('America/New_York', 'America/Los_Angeles'), fc.constantFrom(...zonePool)),
  guard,
  runs: fc.array(run, { minLength: 2, maxLength: 2 }),
});
