import { addDays, dateIn } from '@muster/core/calendarDate';
import { localInstant } from '@muster/core/localInstant';
import { type Verdict } from '@muster/directory/guard/canInteract';

interface Checked {
  verdict: Pick<Verdict, 'allowed' | 'callUntil' | 'callFrom'>;
  checkedAt: Date;
  screeningMaxAgeMinutes: number;
  checkAtCompanyNoon: boolean;
  /** The company's. */
  timeZone: string;
}

/**
 * Until when a verdict may be acted on: no longer than the company lets verdicts grow old, and where it allows a contact no
 * longer than that contact's hours; as of noon no longer than the company's day, for which it was given. As of noon hours may be over already: then it is the moment of the check. Outside of the
 * hours and yet allowed now, they do not hold for this person.
 */
export function validUntil(checked: Checked): Date {
  const { verdict, checkedAt, screeningMaxAgeMinutes, checkAtCompanyNoon, timeZone } = checked;
  const aged = new Date(checkedAt.getTime() + screeningMaxAgeMinutes * 60_000);
  const old = checkAtCompanyNoon ? earlier(aged, endOfDay(timeZone, checkedAt)) : aged;
  if (!verdict.allowed || verdict.callUntil === null) return old;
  const end = new Date(verdict.callUntil);
  const isOver = end <= checkedAt;
  const isBefore = verdict.callFrom !== null && new Date(verdict.callFrom) > checkedAt;
  if (!checkAtCompanyNoon && (isOver || isBefore)) return old;
  if (isOver) return checkedAt;
  return earlier(end, old);
}

function endOfDay(timeZone: string, at: Date) {
  return localInstant({ date: addDays(dateIn(timeZone, at), 1), secondOfDay: 0, timeZone });
}

const earlier = (a: Date, b: Date) => (a < b ? a : b);
