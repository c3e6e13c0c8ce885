/** What a clock on the wall shows. */
export interface Wall {
  date: string;
  /** With its fraction. */
  secondOfDay: number;
  /** 0 is Monday. */
  weekday: number;
}

const QUARTER_MS = 900_000; // all zones of today lie whole quarters of an hour from UTC, and change at them
const MOST_KNOWN = 400_000;
const formats = new Map<string, Intl.DateTimeFormat | undefined>();
const known = new Map<string, Map<number, Wall>>(); // by zone
const days = new Map<string, readonly number[]>();
const instants = new Map<string, number>();
let knownWalls = 0;

/** What the clock of a zone shows at an instant (ms); undefined where there is no such zone. */
export function wallIn(zone: string, atMs: number): Wall | undefined {
  const kept = known.get(zone)?.get(atMs);
  if (kept) return kept;
  const format = formatOf(zone);
  if (!format) return undefined;
  const [date = '', time = ''] = format.format(atMs).split(' ');
  const [hours = NaN, minutes = NaN, whole = NaN] = time.split(':').map(Number);
  const seconds = hours * 3600 + minutes * 60 + whole;
  const wall = {
    date,
    secondOfDay: seconds + (((atMs % 1000) + 1000) % 1000) / 1000,
    weekday: (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7,
  };
  keep(zone, atMs, wall);
  return wall;
}

function keep(zone: string, atMs: number, wall: Wall) {
  if (knownWalls >= MOST_KNOWN) {
    known.clear();
    knownWalls = 0;
  }
  const ofZone = known.get(zone) ?? new Map<number, Wall>();
  known.set(zone, ofZone.set(atMs, wall));
  knownWalls++;
}

/** Every quarter of an hour (ms) of a date in a zone, however long that day is. */
export function quartersOf(zone: string, date: string): readonly number[] {
  const key = `${zone} ${date}`;
  const kept = days.get(key);
  if (kept) return kept;
  const noonInLondon = Date.parse(`${date}T12:00:00Z`);
  const quarters: number[] = [];
  for (let at = noonInLondon - 120 * QUARTER_MS; at <= noonInLondon + 120 * QUARTER_MS; at += QUARTER_MS) {
    if (wallIn(zone, at)?.date === date) quarters.push(at);
  }
  days.set(key, quarters);
  return quarters;
}

/** When a clock first shows this hour of the date, or, where that is left out, the next moment after (ms). */
export function instantOf(zone: string, date: string, hour: number): number {
  const key = `${zone} ${date} ${hour}`;
  const kept = instants.get(key);
  if (kept !== undefined) return kept;
  const first = quartersOf(zone, date).find((at) => (wallIn(zone, at)?.secondOfDay ?? 0) >= hour * 3600);
  if (first === undefined) throw new Error(`the ${date} of ${zone} is over before ${hour} o'clock`);
  instants.set(key, first);
  return first;
}

/** A whole second as the clock of a zone shows it, with the distance to UTC: `2026-03-08T08:00:00-04:00`. */
export function toldIn(zone: string, atMs: number): string {
  const { date, secondOfDay } = wallIn(zone, atMs) ?? { date: '', secondOfDay: 0 };
  const wallMs = Date.parse(`${date}T00:00:00Z`) + secondOfDay * 1000;
  const minutes = (wallMs - atMs) / 60_000;
  const clock = (total: number) =>
    [Math.floor(total / 60), total % 60].map((n) => String(n).padStart(2, '0')).join(':');
  const seconds = String(secondOfDay % 60).padStart(2, '0');
  return `${date}T${clock(Math.floor(secondOfDay / 60))}:${seconds}${minutes < 0 ? '-' : '+'}${clock(Math.abs(minutes))}`;
}

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  if (!formats.has(zone)) formats.set(zone, makeFormat(zone));
  return formats.get(zone);
}

function makeFormat(timeZone: string) {
  const two = '2-digit';
  const day = { year: 'numeric', month: two, day: two } as const;
  try {
    // in Sweden dates are written as here: 2026-03-04 12:34:00
    return new Intl.DateTimeFormat('sv-SE', {
      ...{ timeZone, hourCycle: 'h23', ...day },
      ...{ hour: two, minute: two, second: two },
    });
  } catch {
    return undefined; // Intl says by an error that it knows no such zone
  }
}
