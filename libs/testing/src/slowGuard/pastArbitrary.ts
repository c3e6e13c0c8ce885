import fc from 'fast-check';
import { type Theme, themes } from '@muster/core/contactExporter';
import { interactionChannels, interactionDirections, interactionStatuses } from '@muster/core/directory';
import { type NamedLoan, type SlowInteraction, type SlowPerson, type SlowReservation } from './slowWorld.ts';

/** The run whose own reservations do not count, where a run asks. */
export const OWN_RUN = 'CR-TEST-RUNS';
/** All runs that have reserved something. */
export const reservingRuns = [OWN_RUN, 'CR-SLOW-RUN1', 'CR-SLOW-RUN2', 'CR-SLOW-RUN3'];

const HOUR_MS = 3_600_000;
const windowHours = [168, 720];

/** What was tried, and what was reserved, for somebody with so many contacts and loans: at the borders of the windows. */
export function pastArbitrary(
  now: Date,
  { contacts, loans }: { contacts: number; loans: number },
): fc.Arbitrary<Pick<SlowPerson, 'interactions' | 'reservations'>> {
  const reservation = reservationArbitrary(now, loans);
  const of = { contacts, loans };
  return fc.record({
    interactions: fc.oneof(
      { weight: 3, arbitrary: fc.array(interactionArbitrary(now, of), { maxLength: 4 }) },
      { weight: 2, arbitrary: manyCalls(now, of) },
      { weight: 1, arbitrary: talk(now, of) },
      { weight: 1, arbitrary: search(now, of) },
    ),
    // a run holds one open reservation of a kind
    reservations: fc.uniqueArray(reservation, {
      ...{ maxLength: 3, selector: ({ run, loan, channel }) => `${run} ${loan ?? ''} ${channel}` },
    }),
  });
}

function interactionArbitrary(
  now: Date,
  { contacts, loans }: { contacts: number; loans: number },
): fc.Arbitrary<SlowInteraction> {
  const positions = upTo(contacts);
  return fc.record({
    channel: mostly(['voice', 'text'], interactionChannels),
    direction: mostly(['outbound'], interactionDirections),
    status: mostly(['attempted', 'succeeded'], interactionStatuses),
    theme: themeOfPast,
    isConversation: fc.constantFrom(true, false, false, null),
    loans: fc.oneof(fc.constant(null), fc.subarray<NamedLoan>([...upTo(loans), 'foreign'])),
    contact: fc.constantFrom<SlowInteraction['contact']>(...positions, ...positions, 'unknown', null),
    startedAt: pastMoment(now),
    isDeleted: seldom,
  });
}

// one conversation, at a border of the time in which nobody calls again
function talk(now: Date, of: { contacts: number; loans: number }): fc.Arbitrary<SlowInteraction[]> {
  const ms = fc.constantFrom(-1000, -1, 0, 1);
  return fc.tuple(interactionArbitrary(now, of), ms).map(([call, late]) => {
    const startedAt = new Date(now.getTime() - 168 * HOUR_MS + late);
    return [{ ...call, channel: 'voice', isConversation: true, startedAt }];
  });
}

// somebody was asked where the borrower is, once or twice
function search(now: Date, of: { contacts: number; loans: number }): fc.Arbitrary<SlowInteraction[]> {
  const asked = interactionArbitrary(now, of).map((call): SlowInteraction => ({
    ...{ ...call, theme: 'opsCollLocateBorrower', status: 'succeeded', isConversation: false },
  }));
  return fc.array(asked, { minLength: 1, maxLength: 2 });
}

// about as many as a limit allows, all alike but for the moment
function manyCalls(now: Date, of: { contacts: number; loans: number }): fc.Arbitrary<SlowInteraction[]> {
  return fc
    .tuple(interactionArbitrary(now, of), fc.array(fc.tuple(pastMoment(now), seldom), { minLength: 1, maxLength: 8 }))
    .map(([call, times]) =>
      times.map(([startedAt, isDeleted]) => ({ ...call, isDeleted, startedAt, isConversation: false })),
    );
}

function reservationArbitrary(now: Date, loans: number): fc.Arbitrary<SlowReservation> {
  const expiresAt = fc
    .oneof(fc.constantFrom(-1000, -1, 0, 1, 1000), fc.integer({ min: -50 * HOUR_MS, max: 200 * HOUR_MS }))
    .map((ms) => new Date(now.getTime() + ms));
  return fc
    .record({
      run: fc.constantFrom(...reservingRuns),
      loan: fc.constantFrom(null, ...upTo(loans)),
      channel: mostly(['voice', 'text'], interactionChannels),
      theme: themeOfPast,
      expiresAt,
      hours: fc.constantFrom(1, 168, 168, 800),
      isReleased: seldom,
      isConsumed: seldom,
    })
    .map(({ hours, ...held }) => ({ ...held, reservedAt: new Date(held.expiresAt.getTime() - hours * HOUR_MS) }));
}

const seldom = fc.nat(9).map((n) => n === 0);
const themeOfPast: fc.Arbitrary<Theme> = mostly(['opsCollDebt', 'opsCollLocateBorrower', 'agentNotification'], themes);

/** Mostly one of these, else any. */
export function mostly<T extends string>(some: readonly NoInfer<T>[], all: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...some) },
    { weight: 1, arbitrary: fc.constantFrom(...all) },
  );
}

function upTo(length: number) {
  return Array.from({ length }, (_, at) => at);
}

function pastMoment(now: Date) {
  const border = fc
    .tuple(fc.constantFrom(0, ...windowHours), fc.constantFrom(-1000, -1, 0, 1, 1000))
    .map(([hours, ms]) => -hours * HOUR_MS + ms);
  const any = fc.integer({ min: -800 * HOUR_MS, max: HOUR_MS });
  const lately = fc.integer({ min: -160 * HOUR_MS, max: -1 });
  return fc
    .oneof({ weight: 2, arbitrary: border }, { weight: 1, arbitrary: any }, { weight: 3, arbitrary: lately })
    .map((ms) => new Date(now.getTime() + ms));
}
