import { addDays, dateIn } from '@muster/core/calendarDate';
import { localInstant } from '@muster/core/localInstant';
import { localTime } from '@muster/core/localTime';
import { isTimeZone } from '@muster/core/timeZone';
import { type RulePack } from '@muster/core/rulePacks/rulePack';

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

/** The moment at which hours are judged: now, or noon of the company's day. */
export function momentOf({ atNoon, now, timeZone }: { atNoon: boolean; now: Date; timeZone: string }): Date {
  return atNoon ? localInstant({ date: dateIn(timeZone, now), secondOfDay: 12 * 3600, timeZone }) : now;
}

/** What a clock shows in a zone; in one that nobody knows it is never within hours. */
export function clockIn(zone: string, moment: Date, packs: readonly RulePack[]): Clock {
  if (!isTimeZone(zone))
    return { inside: packs.map(() => false), from: packs.map(() => ''), until: packs.map(() => '') };
  const date = dateIn(zone, moment);
  const hourIs = hourIn(zone, moment);
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

const latest = (a: string, b = '') => (a > b ? a : b);
const earliest = (a: string, b = '') => (a < b ? a : b);

/**
 * A span of time, the company's day or a moment, as the clock on the wall of a zone shows it: which dates, and from which
 * hour to which of each. Of a day of 23 or 25 hours the clock on the wall counts.
 */
export function localDays(zone: string, { since, till }: { since: Date; till: Date }): LocalDay[] {
  const first = dateIn(zone, since);
  const last = dateIn(zone, new Date(till.getTime() - 1));
  const days: LocalDay[] = [];
  for (let date = first; date <= last; date = addDays(date, 1)) {
    days.push({
      zone,
      date,
      since: date === first ? hourIn(zone, since) : 0,
      till: date === dateIn(zone, till) ? hourIn(zone, till) : 24,
    });
  }
  return days;
}

/** The hour of the day, with its fraction. */
function hourIn(zone: string, instant: Date) {
  const [, hours, minutes, seconds] = /T(\d\d):(\d\d):(\d\d)/.exec(localTime(instant, zone)) ?? [];
  return Number(hours) + Number(minutes) / 60 + (Number(seconds) * 1000 + (instant.getTime() % 1000)) / HOUR_MS;
}
