import fc from 'fast-check';
import { addDays, type CalendarDate } from './calendarDate.ts';
import { type DailyWindow, dispatchAt } from './dispatchTime.ts';
import { type DueSlot, planSlots, type Schedule, type Slot, slotsAfter, slotsMovedIntoPast } from './dueSlots.ts';
import { firesOn, parsePeachyCrontab } from './peachyCrontab.ts';

/** A daily campaign in UTC, due at 06:00:xx, set on 1 June before it was due. */
function schedule({
  crontab = 'P P * * *',
  ...changes
}: Partial<Omit<Schedule, 'crontab'>> & { crontab?: string } = {}) {
  return {
    campaignId: 'CM-1',
    window: { from: '06:00', to: '06:01' },
    catchUpUntil: '12:00',
    timeZone: 'UTC',
    setAt: new Date('2026-06-01T00:00:00Z'),
    ...changes,
    crontab: parsePeachyCrontab(crontab),
  };
}
const at = (text: string) => new Date(text);
const short = (slots: DueSlot[]) => slots.map(({ dueDate, kind }) => `${dueDate} ${kind}`);
const planned = (lastDueDate: CalendarDate | undefined, now: string, rule = schedule()) =>
  short(planSlots(rule, { lastDueDate, now: at(now) }).slots);

describe('planSlots', () => {
  it('plans nothing before the slot is due, and says when it will be', () => {
    const plan = planSlots(schedule(), { lastDueDate: undefined, now: at('2026-06-01T05:59:59Z') });
    expect(plan).toEqual({ slots: [], nextDueAt: dispatchAt({ ...schedule(), date: '2026-06-01' }) });
  });

  it('runs the slot from its second on', () => {
    const dueAt = dispatchAt({ ...schedule(), date: '2026-06-01' });
    const plan = planSlots(schedule(), { lastDueDate: undefined, now: dueAt });
    expect(plan.slots).toEqual([{ dueDate: '2026-06-01', dueAt, kind: 'run' }]);
    expect(plan.nextDueAt).toEqual(dispatchAt({ ...schedule(), date: '2026-06-02' }));
  });

  it('plans a date once: never again when it is on record', () => {
    expect(planned('2026-06-01', '2026-06-01T07:00:00Z')).toEqual([]);
  });

  it('runs late what was missed today, before the cut-off, and never more than that', () => {
    expect(planned('2026-06-01', '2026-06-04T11:59:59Z')).toEqual([
      '2026-06-02 missed',
      '2026-06-03 missed',
      '2026-06-04 run',
    ]);
  });

  it('records as missed what the cut-off has passed', () => {
    expect(planned('2026-06-03', '2026-06-04T12:00:00Z')).toEqual(['2026-06-04 missed']);
  });

  it("does not run yesterday's slot in the small hours of today", () => {
    expect(planned('2026-06-03', '2026-06-05T05:00:00Z')).toEqual(['2026-06-04 missed']);
  });

  it('knows nothing due from before the schedule was set', () => {
    const rule = schedule({ setAt: at('2026-06-10T09:00:00Z') });
    expect(planned(undefined, '2026-06-10T10:00:00Z', rule)).toEqual([]);
    expect(planned(undefined, '2026-06-11T10:00:00Z', rule)).toEqual(['2026-06-11 run']);
    expect(planned('2026-06-03', '2026-06-11T10:00:00Z', rule)).toEqual(['2026-06-11 run']);
  });

  it('keeps to one slot a date when the window moves to later in the same day', () => {
    const rule = schedule({ window: { from: '09:00', to: '09:01' }, setAt: at('2026-06-01T08:00:00Z') });
    expect(planned('2026-06-01', '2026-06-01T10:00:00Z', rule)).toEqual([]);
  });

  it('keeps to one slot a date when the zone changes after it ran', () => {
    const rule = schedule({ timeZone: 'America/Los_Angeles', setAt: at('2026-06-01T08:00:00Z') });
    expect(planned('2026-06-01', '2026-06-01T14:00:00Z', rule)).toEqual([]); // 07:00 of the same date over there
  });

  it('looks again at once after a year of slots, so that years away lose none and block nobody', () => {
    const rule = schedule({ setAt: at('2023-06-01T00:00:00Z') });
    const now = at('2026-06-01T07:00:00Z');
    const all: DueSlot[] = [];
    let plans = 0;
    for (let nextDueAt: Date | undefined = now; nextDueAt && nextDueAt <= now; plans++) {
      const plan = planSlots(rule, { lastDueDate: all.at(-1)?.dueDate, now });
      all.push(...plan.slots);
      nextDueAt = plan.nextDueAt;
    }
    expect(all).toHaveLength(3 * 365 + 2);
    expect(plans).toBe(3);
    expect(short(all.filter((slot) => slot.kind === 'run'))).toEqual(['2026-06-01 run']);
  });

  it('has nothing more to come when no date is left', () => {
    const rule = schedule({ setAt: at('9999-12-31T00:00:00Z') });
    const plan = planSlots(rule, { lastDueDate: undefined, now: at('9999-12-31T07:00:00Z') });
    expect(plan.nextDueAt).toBeUndefined();
    expect(short(plan.slots)).toEqual(['9999-12-31 run']);
  });
});

describe('slotsMovedIntoPast', () => {
  const old = schedule();
  const moved = (changes: Parameters<typeof schedule>[0], lastDueDate?: CalendarDate) =>
    slotsMovedIntoPast(old, schedule(changes), lastDueDate).map((slot) => slot.dueDate);

  it('skips the slot of today that the new window puts before now', () => {
    const setAt = at('2026-06-02T04:00:00Z');
    expect(moved({ window: { from: '01:00', to: '01:01' }, setAt }, '2026-06-01')).toEqual(['2026-06-02']);
  });

  it('skips nothing when the slot of today is still to come', () => {
    const setAt = at('2026-06-02T04:00:00Z');
    expect(moved({ window: { from: '09:00', to: '09:01' }, setAt }, '2026-06-01')).toEqual([]);
  });

  it('skips nothing that has already run today', () => {
    const setAt = at('2026-06-02T10:00:00Z');
    expect(moved({ window: { from: '01:00', to: '01:01' }, setAt }, '2026-06-02')).toEqual([]);
  });

  it('skips nothing on a day that the new crontab leaves out', () => {
    const setAt = at('2026-06-02T04:00:00Z');
    expect(moved({ crontab: 'P P * * 0', window: { from: '01:00', to: '01:01' }, setAt }, '2026-06-01')).toEqual([]);
  });

  it('skips the slot that a new zone, further east, has behind it', () => {
    const setAt = at('2026-06-02T04:00:00Z');
    expect(moved({ timeZone: 'Asia/Tokyo', setAt }, '2026-06-01')).toEqual(['2026-06-02']);
  });
});

const ZONES = [
  'America/New_York',
  'America/Santiago', // southern, changes at midnight
  'Europe/Berlin',
  'Africa/Cairo', // a day that begins at 01:00
  'Asia/Kolkata', // half an hour, no change
  'Australia/Lord_Howe', // changes by half an hour
  'Pacific/Chatham', // three quarters of an hour, southern
];
const HALF_HOUR_MS = 1_800_000;
const modelOf = new Map<string, Map<string, number>>();

/**
 * The independent model: a clock on the wall, read by Intl every half hour of two years and more; all changes of clocks
 * fall on such a moment. It maps each half hour of each date, as the clock first shows it, to its instant.
 */
function wallClock(timeZone: string): Map<string, number> {
  const known = modelOf.get(timeZone);
  if (known) return known;
  const options = { timeZone, dateStyle: 'short', timeStyle: 'short' } as const;
  const format = new Intl.DateTimeFormat('sv-SE', options); // 2026-06-01 05:30
  const seen = new Map<string, number>();
  for (let ms = Date.parse('2025-12-30T00:00Z'); ms < Date.parse('2028-01-03T00:00Z'); ms += HALF_HOUR_MS) {
    const shown = format.format(ms);
    if (!seen.has(shown)) seen.set(shown, ms);
  }
  modelOf.set(timeZone, seen);
  return seen;
}

/** By the model: when the clock first shows this time on this date; right after the gap when it never does. */
function modelInstant(timeZone: string, date: CalendarDate, secondOfDay: number): number {
  const clock = wallClock(timeZone);
  const ticks = timeZone === 'Pacific/Chatham' ? 900 : 0; // it shows :15 and :45
  for (let back = 0; ; back++) {
    const slice = Math.floor((secondOfDay - ticks) / 1800) - back;
    const shownSecond = slice * 1800 + ticks;
    const shown = new Date(Date.parse(date) + shownSecond * 1000).toISOString().replace('T', ' ').slice(0, 16);
    const ms = clock.get(shown);
    if (ms !== undefined) return back === 0 ? ms + (secondOfDay - shownSecond) * 1000 : ms + HALF_HOUR_MS;
  }
}

describe.each(ZONES)('over two years in %s', (timeZone) => {
  const DATES = Array.from({ length: 730 }, (_, n) => addDays('2026-01-01', n));
  const windows: DailyWindow[] = [
    { from: '00:00', to: '00:59' },
    { from: '01:00', to: '04:00' },
    { from: '02:00', to: '02:30' },
    { from: '05:00', to: '08:00' },
    { from: '22:30', to: '23:45' },
  ];
  const rules = fc.record({
    crontab: fc.constantFrom('P P * * *', 'P P * * 0', 'P P 1-7 * 1-5', 'P P */2 * *', 'P P 29 2 *'),
    campaignId: fc.uuid(),
    window: fc.constantFrom(...windows),
    timeZone: fc.constant(timeZone),
    catchUpUntil: fc.constant('23:59'),
    setAt: fc.constant(at(new Date(modelInstant(timeZone, '2026-01-01', 0)).toISOString())),
  });

  it('is due at the moment at which the clock on the wall says so', () => {
    const utc = (rule: DailyWindow, campaignId: string) =>
      dispatchAt({ campaignId, window: rule, timeZone: 'UTC', date: '2026-01-01' }).getTime() -
      Date.parse('2026-01-01');
    fc.assert(
      fc.property(fc.uuid(), fc.constantFrom(...windows), (campaignId, window) => {
        const second = utc(window, campaignId) / 1000;
        const due = DATES.map((date) => dispatchAt({ campaignId, window, timeZone, date }).getTime());
        expect(due).toEqual(DATES.map((date) => modelInstant(timeZone, date, second)));
      }),
      { numRuns: 2 },
    );
  });

  it('gives each day that fires its slot exactly once, however often and late one looks', () => {
    const pauses = fc.infiniteStream(fc.integer({ min: 1, max: 10 * 24 * 60 }));
    fc.assert(
      fc.property(rules, pauses, (changes, minutes) => {
        const rule = schedule(changes);
        const end = modelInstant(timeZone, '2028-01-01', 0) - 1000;
        const all: DueSlot[] = [];
        for (let now = rule.setAt.getTime(); ; now += (minutes.next().value as number) * 60_000) {
          const plan = planSlots(rule, { lastDueDate: all.at(-1)?.dueDate, now: new Date(Math.min(now, end)) });
          expect(plan.slots.filter((slot) => slot.kind === 'run').length).toBeLessThanOrEqual(1);
          all.push(...plan.slots);
          if (now >= end) break;
        }
        expect(all.map((slot) => slot.dueDate)).toEqual(DATES.filter((date) => firesOn(rule.crontab, date)));
      }),
      { numRuns: 2 },
    );
  });
});

it('lists the slots to come, for whoever wants to see them', () => {
  const coming = slotsAfter(schedule({ crontab: 'P P * * 1' }), '2026-06-01');
  const dates = [coming.next(), coming.next()].map((next) => (next.value as Slot).dueDate);
  expect(dates).toEqual(['2026-06-08', '2026-06-15']);
});
