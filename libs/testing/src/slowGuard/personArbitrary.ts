import fc from 'fast-check';
import { affiliations, contactLabels, contactStatuses, contactTypes } from '@muster/core/contactExporter';
import {
  blockedChannels,
  blockedThemes,
  collectionsIntensities,
  consentNames,
  consentStatuses,
  loanStatuses,
  personStatuses,
} from '@muster/core/directory';
import { mostly, pastArbitrary } from './pastArbitrary.ts';
import { zonePool } from './settingArbitrary.ts';
import { type SlowContact, type SlowDoNotInteract, type SlowPerson, unknownIntensity } from './slowWorld.ts';

const seldom = fc.nat(7).map((n) => n === 0);
const nobodysZone = 'Mars/Base'; // from before zones were checked, or of another list of zones than ours

// one zone, two zones, two states, no state, none at all (toll-free), not in this numbering plan, no number
const phones = [
  ...['+12125550101', '+19285550101', '+19315550101', '+19025550101', '+19075550101', '+18765550101', '+18675550101'],
  ...['+16175550101', '+14155550101', '+18005550101', '+72125550101', '+442125550101', null],
];
// of two people, written as people write; and of nobody
const names = ['Ann Lee', 'ann  lee ', 'ANNLEE', 'Bo Lee', 'bo\u00a0lee', ' ', null, null];
const stateTexts = [
  ...['MA', 'ma', 'Massachusetts', ' massachusetts ', 'NY', 'new york', 'New  York', 'CA', 'TN', 'Tennessee', 'NS'],
  ...['AK', 'NL', 'HI', 'PR', 'ZZ', 'Bavaria', 'AE', '', ' ', null],
];
const countryTexts = [
  null,
  null,
  null,
  '',
  'US',
  'U.S.',
  'usa',
  ' United States ',
  'CA',
  'canada',
  'MX',
  'DE',
  'Germany',
];

const contactArbitrary: fc.Arbitrary<SlowContact> = fc
  .record({
    type: fc.constantFrom(...contactTypes),
    phone: fc.constantFrom(...phones),
    label: fc.constantFrom(null, ...contactLabels),
    name: fc.constantFrom(...names),
    affiliation: fc.oneof(fc.constant('self' as const), fc.constantFrom(...affiliations)),
    status: mostly(['primary'], contactStatuses),
    hasPlace: seldom,
    state: fc.constantFrom(...stateTexts),
    country: fc.constantFrom(...countryTexts),
    isValid: seldom.map((is) => !is),
    takesTexts: fc.boolean(),
    isAuthorized: seldom,
    hasPowerOfAttorney: seldom,
    isDeleted: seldom,
  })
  .map(({ phone, hasPlace, state, country, ...contact }) => ({
    ...contact,
    value: { phone, email: '+12125550101@example.com', address: null }[contact.type],
    ...(hasPlace || contact.type === 'address' ? { state, country } : { state: null, country: null }),
  }));

// some of them of the same affiliation, and maybe of the same somebody
const contactsArbitrary = fc.oneof(
  { weight: 4, arbitrary: fc.array(contactArbitrary, { maxLength: 3 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...affiliations), fc.array(contactArbitrary, { minLength: 2, maxLength: 3 }))
      .map(([affiliation, contacts]) => contacts.map((contact) => ({ ...contact, affiliation }))),
  },
);

/** Do-not-interacts with dates and hours around this moment; most of them restricted in few ways, so that some block. */
export function doNotInteractArbitrary(now: Date): fc.Arbitrary<SlowDoNotInteract> {
  const maybe = <T>(some: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: some });
  const date = fc.integer({ min: -2, max: 2 }).map((days) => new Date(now.getTime() + days * 86_400_000));
  const day = date.map((at) => at.toISOString().slice(0, 10));
  const span = fc
    .oneof(
      fc.constantFrom([0, 1], [1, 2], [2, 3], [2, 3], [23, 24], [0, 24], [8, 21]),
      fc.tuple(fc.nat(23), fc.nat(23)),
    )
    .map(([fromHour = 0, toHour = 0]) => ({ fromHour, toHour: fromHour === toHour ? toHour + 1 : toHour }));
  return fc.record({
    channels: maybe(fc.subarray([...blockedChannels, 'all', 'voice'])),
    themes: maybe(fc.subarray([...blockedThemes, 'all', 'opsCollDebt'])),
    labels: maybe(fc.subarray([...contactLabels])),
    startDate: maybe(day),
    endDate: maybe(day),
    daysOfWeek: maybe(fc.subarray([0, 1, 2, 3, 4, 5, 6])),
    hours: maybe(fc.array(span, { maxLength: 2 })),
    timeZone: maybe(fc.constantFrom(...zonePool, nobodysZone, 'america/new_york')),
    isDeleted: seldom,
  });
}

/** People with their histories up to a moment. */
export function personArbitrary(now: Date): fc.Arbitrary<SlowPerson> {
  const consent = fc.constantFrom(undefined, ...consentStatuses);
  return fc
    .record({
      status: mostly(['active'], personStatuses),
      intensity: fc.oneof(
        { weight: 15, arbitrary: fc.constantFrom(...collectionsIntensities) },
        { weight: 1, arbitrary: fc.constant(unknownIntensity) },
      ),
      timeZone: fc.oneof(
        fc.constant(null),
        fc.constantFrom(...zonePool),
        fc.constantFrom(nobodysZone, 'america/chicago', null),
      ),
      contacts: contactsArbitrary,
      loans: fc.array(fc.record({ status: fc.constantFrom(...loanStatuses), isDeleted: seldom }), { maxLength: 3 }),
      consents: fc
        .tuple(...consentNames.map(() => consent))
        .map((said) => Object.fromEntries(consentNames.flatMap((name, at) => (said[at] ? [[name, said[at]]] : [])))),
      doNotInteracts: fc.array(doNotInteractArbitrary(now), { maxLength: 2 }),
    })
    .chain((person) => {
      const of = { contacts: person.contacts.length, loans: person.loans.length };
      return pastArbitrary(now, of).map((past) => ({ ...person, ...past }));
    });
}
