import { addDays, dateIn } from '@muster/core/calendarDate';
import { localInstant } from '@muster/core/localInstant';
import { localTime } from '@muster/core/localTime';
import { isTimeZone } from '@muster/core/timeZone';
import { type RulePack } from '@muster/core/rulePacks/rulePack';
import { type Asked } from './asked.ts';
import { onceADay } from './onceADay.ts';
import { type ZoneReading, zoneReadings } from './zoneReadings.ts';

/** When it is asked, and by which packs. */
type DayAsked = Pick<Asked, 'atNoon' | 'now' | 'timeZone' | 'places'>;
type AskedAt = DayAsked & Pick<Asked, 'packs'>;

/** What clocks show at a moment, of one zone or of several taken together; by the position of each pack. */
export interface Clock {
  /** Whether it is within the pack's hours: in every zone. */
  inside: boolean[];
  /** When these hours begin that day (the latest), and end (the earliest): texts that sort by instant, and tell the local time behind a bar. */
  from: string[];
  until: string[];
}

/** A day, or a part of one, as a zone has it: hours from `since` to `till`. */
export interface LocalDay {
  zone: string;
  date: string;
  since: number;
  till: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const knownDays = new Map<string, readonly LocalDay[]>();

/** The moment at which hours are judged: now, or noon of the company's day. */
export function momentOf({ atNoon, now, timeZone }: { atNoon: boolean; now: Date; timeZone: string }): Date {
  return atNoon ? localInstant({ date: dateIn(timeZone, now), secondOfDay: 12 * 3600, timeZone }) : now;
}

/** What the clock of a zone shows as of what is asked; where that can be read in several ways, all of them taken together. */
export function clockOf(asked: AskedAt, zone: string, readings = zoneReadings()): Clock {
  return allClocks(
    readings
      .filter((read, at) => differs(asked, { zone, read, at }))
      .map((read) => clockIn(read(zone), momentOf({ ...asked, timeZone: read(asked.timeZone) }), asked.packs.packs)),
  );
}

// What another reading shows like the first need not be told twice.
function differs({ timeZone }: DayAsked, { zone, read, at }: { zone: string; read: ZoneReading; at: number }) {
  return at === 0 || read(timeZone) !== timeZone || read(zone) !== zone;
}

/** What a clock shows in a zone; in one that nobody knows it is never within hours. */
export function clockIn(zone: string, moment: Date, packs: readonly RulePack[]): Clock {
  if (!isTimeZone(zone))
    return { inside: packs.map(() => false), from: packs.map(() => NEVER), until: packs.map(() => '') };
  const date = dateIn(zone, moment);
  const hourIs = msOfDay(zone, moment) / HOUR_MS;
  const edge = (hour: number) => {
    const instant = localInstant({ date, secondOfDay: hour * 3600, timeZone: zone });
    return `${instant.toISOString()}|${localTime(instant, zone)}`;
  };
  return {
    inside: packs.map(({ hours }) => hourIs >= hours.from && hourIs < hours.until),
    from: packs.map(({ hours }) => edge(hours.from)),
    until: packs.map(({ hours }) => edge(hours.until)),
  };
}

/** Several clocks taken together: every one must be within hours. */
export function allClocks(clocks: readonly Clock[]): Clock {
  const [first, ...others] = clocks;
  if (!first) throw new Error('there is no clock');
  return others.reduce(
    (all, clock) => ({
      inside: all.inside.map((inside, k) => inside && clock.inside[k] === true),
      from: all.from.map((from, k) => latest(from, clock.from[k])),
      until: all.until.map((until, k) => earliest(until, clock.until[k])),
    }),
    first,
  );
}

// Of a window that nobody can tell: sorts behind every instant, wherever texts are compared, and has no local time behind a bar.
const NEVER = 'never';

const latest = (a: string, b = '') => (a > b ? a : b);
const earliest = (a: string, b = '') => (a < b ? a : b);

/**
 * The time that is asked about, the company's day or this moment, as the clocks of these zones show it; where zones can be
 * read in several ways, in each of them. Zones that nobody knows are left out.
 */
export function daysAsked(asked: DayAsked, zones: readonly string[], readings = zoneReadings()): readonly LocalDay[] {
  const daysIn = (read: ZoneReading, at: number) => {
    const span = spanAsked({ ...asked, timeZone: read(asked.timeZone) });
    const told = zones.filter((zone) => isTimeZone(zone) && differs(asked, { zone, read, at }));
    return told.flatMap((zone) => localDays(read(zone), span).map((day) => ({ ...day, zone })));
  };
  return onceADay(knownDays, asked, {
    key: `${readings.length} ${zones.join()}`,
    tell: () => readings.flatMap(daysIn),
  });
}

function spanAsked({ atNoon, now, timeZone }: DayAsked) {
  if (!atNoon) return { since: now, till: new Date(now.getTime() + 1) };
  const today = dateIn(timeZone, now);
  return { since: startOf(today, timeZone), till: startOf(addDays(today, 1), timeZone) };
}

/**
 * A span of time, of a day or two, as the clock on the wall of a zone shows it: which dates, and from which hour to which of
 * each. Where clocks change within it a date comes in two parts: an hour that is left out is in neither, one that comes
 * twice in both.
 */
export function localDays(zone: string, { since, till }: { since: Date; till: Date }): LocalDay[] {
  const [start, end] = [since.getTime(), till.getTime()];
  const change = changeWithin(zone, start, end);
  return [[start, change] as const, [change, end] as const].flatMap(([from, to]) => steadyDays(zone, from, to));
}

// while no clock changes
function steadyDays(zone: string, start: number, end: number): LocalDay[] {
  const offset = offsetAt(zone, start);
  const days: LocalDay[] = [];
  for (let from = start + offset; from < end + offset;) {
    const midnight = Math.floor(from / DAY_MS) * DAY_MS;
    const till = Math.min(end + offset - midnight, DAY_MS) / HOUR_MS;
    days.push({ zone, date: new Date(midnight).toISOString().slice(0, 10), since: (from - midnight) / HOUR_MS, till });
    from = midnight + DAY_MS;
  }
  return days;
}

/** When the zone's clock is changed within a span, else its end; all in milliseconds. */
function changeWithin(zone: string, start: number, end: number) {
  const offset = offsetAt(zone, start);
  if (offsetAt(zone, end - 1) === offset) return end;
  let [before, after] = [start, end - 1];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetAt(zone, middle) === offset) before = middle;
    else after = middle;
  }
  return after;
}

function startOf(date: string, timeZone: string) {
  return localInstant({ date, secondOfDay: 0, timeZone });
}

/** How far the zone's clock is ahead of UTC. */
function offsetAt(zone: string, ms: number) {
  return Date.parse(`${localTime(new Date(ms), zone).slice(0, 19)}Z`) - Math.floor(ms / 1000) * 1000;
}

/** What a clock shows, in milliseconds since midnight. */
function msOfDay(zone: string, instant: Date) {
  const [, hours, minutes, seconds] = /T(\d\d):(\d\d):(\d\d)/.exec(localTime(instant, zone)) ?? [];
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + (instant.getTime() % 1000);
}
