import fc from 'fast-check';
import { type Theme, themes } from '@muster/core/contactExporter';
import { type InteractionChannel, interactionChannels } from '@muster/core/directory';
import { mostly } from './pastArbitrary.ts';
import { personArbitrary } from './personArbitrary.ts';
import { zonesOf } from './placesOf.ts';
import { type SlowSetting } from './settingArbitrary.ts';
import { type SlowPerson } from './slowWorld.ts';
import { instantOf, wallIn } from './wallClock.ts';

/** What is asked once; of several loans every one must allow it. */
export interface SlowAsk {
  now: Date;
  atNoon: boolean;
  theme: Theme | null;
  channel: InteractionChannel;
  isAutodialed: boolean;
  contact: number | null;
  loans: number[];
}

/** A person, the rows in which a run's query names the person, and a single question. */
export interface SlowCase {
  person: SlowPerson;
  /** The loan of each row; null: it names none. */
  rows: (number | null)[];
  ask: SlowAsk;
}

/** People of a company, each with what is asked about them. */
export function caseArbitrary(setting: SlowSetting): fc.Arbitrary<SlowCase> {
  return personArbitrary(setting.now).chain((person) => {
    const loans = person.loans.map((_, at) => at);
    const rows = fc.subarray<number | null>([null, ...loans], { minLength: 1 });
    return fc.record({ person: fc.constant(person), rows, ask: askArbitrary(person, setting) });
  });
}

function askArbitrary(person: SlowPerson, setting: SlowSetting): fc.Arbitrary<SlowAsk> {
  const contacts = person.contacts.flatMap(({ isDeleted }, at) => (isDeleted ? [] : [at]));
  const moment = fc.record({
    which: fc.nat(),
    nth: fc.nat(),
    ms: fc.constantFrom(-1, 0, 1),
  });
  return fc
    .record({
      atNoon: fc.boolean(),
      theme: fc.oneof(
        { weight: 3, arbitrary: fc.constant('opsCollDebt' as const) },
        { weight: 4, arbitrary: fc.constantFrom(null, ...themes) },
      ),
      channel: mostly(['voice', 'text'], interactionChannels),
      isAutodialed: fc.boolean(),
      contact: fc.constantFrom(null, ...contacts, ...contacts),
      loans: fc.subarray(person.loans.map((_, at) => at)),
      moment: fc.option(moment, { freq: 2 }),
    })
    .map(({ moment, ...ask }) => ({ ...ask, now: moment ? borderOf(moment, person, { ask, setting }) : setting.now }));
}

// when a clock of the person, or one that a do-not-interact is read by, shows such an hour
function borderOf(
  { which, nth, ms }: { which: number; nth: number; ms: number },
  person: SlowPerson,
  { ask, setting }: { ask: Pick<SlowAsk, 'contact'>; setting: SlowSetting },
): Date {
  const notes = person.doNotInteracts;
  const zones = [...zonesOf(person, { ...setting, ...ask }), ...notes.flatMap(({ timeZone }) => timeZone ?? [])];
  const spans = notes.flatMap((note) => note.hours ?? []).flatMap(({ fromHour, toHour }) => [fromHour, toHour % 24]);
  const hours = [8, 21, 0, ...spans];
  const zone = zones[which % zones.length] ?? setting.companyZone;
  const wall = wallIn(zone, setting.now.getTime());
  return wall ? new Date(instantOf(zone, wall.date, hours[nth % hours.length] ?? 0) + ms) : setting.now;
}
