import { contactOf, zonesOf } from './placesOf.ts';
import { type SlowDoNotInteract, type SlowPerson, type SlowQuestion } from './slowWorld.ts';
import { quartersOf, wallIn } from './wallClock.ts';

/** Whether one of the person's do-not-interacts is in force, at the moment or (as of noon) at any hour of the company's day. */
export function isBlocked(person: SlowPerson, question: SlowQuestion): boolean {
  return person.doNotInteracts.some((note) => !note.isDeleted && isMeant(note, person, question) && isTime(note));

  function isTime(note: SlowDoNotInteract) {
    const isAlways = !given(note.startDate) && !given(note.endDate) && !given(note.daysOfWeek) && !given(note.hours);
    if (isAlways) return true;
    const zones = note.timeZone === null ? zonesOf(person, question) : [note.timeZone];
    return zones.some((zone) => momentsOf(question).some((at) => isInForce(note, zone, at)));
  }
}

function isMeant(note: SlowDoNotInteract, person: SlowPerson, question: SlowQuestion) {
  const { theme, channel } = question;
  const label = contactOf(person, question)?.label ?? null;
  if (given(note.channels) && !note.channels.includes('all') && !note.channels.includes(channel)) return false;
  if (given(note.labels) && (label === null || !note.labels.includes(label))) return false;
  if (!given(note.themes)) return true;
  if (theme !== null && note.themes.includes(theme)) return true;
  return note.themes.includes('all') && theme !== 'opsAccountCredentials';
}

function momentsOf({ atNoon, companyZone, now }: SlowQuestion): readonly number[] {
  if (!atNoon) return [now.getTime()];
  return quartersOf(companyZone, wallIn(companyZone, now.getTime())?.date ?? '');
}

function isInForce(note: SlowDoNotInteract, zone: string, at: number) {
  const wall = wallIn(zone, at);
  if (!wall) return true; // cannot be told
  if (note.startDate !== null && wall.date < note.startDate) return false;
  if (note.endDate !== null && wall.date > note.endDate) return false;
  if (given(note.daysOfWeek) && !note.daysOfWeek.includes(wall.weekday)) return false;
  return !given(note.hours) || note.hours.some((span) => isWithin(span, wall.secondOfDay / 3600));
}

function isWithin({ fromHour, toHour }: { fromHour: number; toHour: number }, hour: number) {
  if (fromHour < toHour) return hour >= fromHour && hour < toHour;
  return hour >= fromHour || hour < toHour; // past midnight
}

// an attribute that is empty restricts nothing
function given<T extends string | readonly unknown[]>(attribute: T | null): attribute is T {
  return attribute !== null && attribute.length > 0;
}
