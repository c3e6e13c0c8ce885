import { addDays, dateIn } from '@muster/core/calendarDate';
import { localInstant } from '@muster/core/localInstant';
import { localTime } from '@muster/core/localTime';
import { isTimeZone } from '@muster/core/timeZone';
import { type RulePack } from '@muster/core/rulePacks/rulePack';
import { type Asked } from './asked.ts';
import { zoneReadings } from './zoneReadings.ts';

/** When it is asked, and by which packs. */
type AskedAt = Pick<Asked, 'atNoon' | 'now' | 'timeZone' | 'packs'>;

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

// All runs of a company's day ask about the same noon, and each about every zone that a borrower may name: 600 zones take
// 50 ms, and where the engine has never looked at them yet, 300.
const MOST_KNOWN = 10_000;
const knownClocks = new Map<string, Clock>();
const knownDays = new Map<string, LocalDay[]>();

/** The moment at which hours are judged: now, or noon of the company's day. */
export function momentOf({ atNoon, now, timeZone }: { atNoon: boolean; now: Date; timeZone: string }): Date {
  return atNoon ? localInstant({ date: dateIn(timeZone, now), secondOfDay: 12 * 3600, timeZone }) : now;
}

/** What the clock of a zone shows as of what is asked; where that can be read in several ways, all of them taken together. */
export function clockOf(asked: AskedAt, zone: string, readings = zoneReadings()): Clock {
  const { packs } = asked.packs;
  return allClocks(
    readings.map((read) => {
      const moment = momentOf({ ...asked, timeZone: read(asked.timeZone) });
      const tell = () => clockIn(read(zone), moment, packs);
      const key = () =>
        [read(zone), moment.getTime(), ...packs.map(({ name, version }) => `${name} ${version}`)].join();
      return asked.atNoon ? remembered(knownClocks, key(), tell) : tell();
    }),
  );
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
export function daysAsked(asked: AskedAt, zones: readonly string[], readings = zoneReadings()): LocalDay[] {
  const known = zones.filter(isTimeZone);
  return readings.flatMap((read, at) => {
    const own = read(asked.timeZone);
    const span = spanAsked({ ...asked, timeZone: own });
    const told = at === 0 || own !== asked.timeZone ? known : known.filter((zone) => read(zone) !== zone);
    return told.flatMap((zone) => {
      const tell = () => localDays(read(zone), span);
      const key = `${read(zone)} ${span.since.getTime()} ${span.till.getTime()}`;
      const days = asked.atNoon ? remembered(knownDays, key, tell) : tell();
      return days.map((day) => ({ ...day, zone }));
    });
  });
}

function spanAsked({ atNoon, now, timeZone }: AskedAt) {
  if (!atNoon) return { since: now, till: new Date(now.getTime() + 1) };
  const today = dateIn(timeZone, now);
  return { since: startOf(today, timeZone), till: startOf(addDays(today, 1), timeZone) };
}

/**
 * A span of time as the clock on the wall of a zone shows it: which dates, and from which hour to which of each. An hour
 * that the clock shows twice counts both times.
 */
export function localDays(zone: string, { since, till }: { since: Date; till: Date }): LocalDay[] {
  const first = dateIn(zone, since);
  const last = dateIn(zone, new Date(till.getTime() - 1));
  const days: LocalDay[] = [];
  for (let date = first; date <= last; date = addDays(date, 1)) {
    const start = date === first ? since : startOf(date, zone);
    const end = date === last ? till : startOf(addDays(date, 1), zone);
    const shown = {
      since: date === first ? msOfDay(zone, since) : 0,
      till: msOfDay(zone, new Date(end.getTime() - 1)) + 1,
    };
    const ms = putBack(zone, { start, end }, shown);
    days.push({ zone, date, since: ms.since / HOUR_MS, till: ms.till / HOUR_MS });
  }
  return days;
}

// Where clocks are put back within a part of a day, they may have shown an hour earlier than its first, or later than its last.
function putBack(zone: string, { start, end }: { start: Date; end: Date }, shown: { since: number; till: number }) {
  let [before, after] = [start.getTime(), end.getTime() - 1];
  if (offsetAt(zone, before) <= offsetAt(zone, after)) return shown;
  const offset = offsetAt(zone, after);
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetAt(zone, middle) === offset) after = middle;
    else before = middle;
  }
  const highest = msOfDay(zone, new Date(before)) + 1;
  return { since: Math.min(shown.since, msOfDay(zone, new Date(after))), till: Math.max(shown.till, highest) };
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

function remembered<T>(known: Map<string, T>, key: string, tell: () => T): T {
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size >= MOST_KNOWN) known.clear();
  const told = tell();
  known.set(key, told);
  return told;
}
