import { addDays, type CalendarDate, dateIn } from '@muster/core/calendarDate';
import { localInstant } from '@muster/core/localInstant';
import { type ScheduleFields } from '@muster/messaging/smsCampaign';
import { chargeMoment, nextDue } from './nextDue.ts';

/** A subscription whose next due date has come, as the plan needs it. */
export interface DueSubscription {
  startDate: CalendarDate;
  schedule: ScheduleFields;
  /** The organisation's. */
  timeZone: string;
  /** Null: there is none; its end has come. */
  nextDueDate: CalendarDate | null;
  /** Its last day; null: it has none. */
  expiresAfterDate: CalendarDate | null;
  /** Whether an earlier date is still asked for, since its charge was refused. */
  isPursued: boolean;
  /** Whether the gateway was asked for an earlier date, and has not answered yet. */
  isOpen: boolean;
  /** When it was charged last, or may have been. */
  chargedAt: Date | null;
}

export interface DueSlot {
  date: CalendarDate;
  at: Date;
  state: 'due' | 'missed' | 'pursued';
}

export interface DuePlan {
  /** The dates that have come; one of them at most is due. */
  slots: DueSlot[];
  /** Null: none comes any more. */
  nextDate: CalendarDate | null;
  /** When to look again: at that date, or after the last day. */
  lookAt: Date | null;
  isExpired: boolean;
}

/**
 * What comes of the dates of a subscription that have come by now: the latest is charged, and those before it, which nobody
 * looked at in their time, are missed. So is the latest on a day that has its charge, or may still get one: no outage makes two
 * charges of one day. Past its last day a subscription is over, and charged nothing.
 */
export function planDue(subscription: DueSubscription, now: Date): DuePlan {
  const { expiresAfterDate: last, timeZone } = subscription;
  const today = dateIn(timeZone, now);
  const isExpired = last !== null && today > last;
  const { come, next } = comeBy(subscription, now);
  const within = come.filter((date) => last === null || date <= last);
  const latest = isExpired ? 'missed' : latestState(subscription, today);
  const slots = within.map((date, nth): DueSlot => {
    const state = nth === within.length - 1 ? latest : subscription.isPursued ? 'pursued' : 'missed';
    return { date, at: chargeMoment(date, timeZone), state };
  });
  if (isExpired) return { slots, nextDate: null, lookAt: null, isExpired };
  if (next && (last === null || next.date <= last)) return { slots, nextDate: next.date, lookAt: next.at, isExpired };
  const over = last === null ? null : localInstant({ date: addDays(last, 1), secondOfDay: 0, timeZone });
  return { slots, nextDate: null, lookAt: over, isExpired };
}

/** The dates that have come, the first of which was awaited, and the one after them. */
function comeBy({ startDate: start, schedule, timeZone, nextDueDate }: DueSubscription, now: Date) {
  const come: CalendarDate[] = [];
  if (nextDueDate === null) return { come, next: undefined };
  for (let after = nextDueDate; ;) {
    come.push(after);
    const next = nextDue(schedule, { start, after, timeZone });
    if (!next || next.at > now) return { come, next };
    after = next.date;
  }
}

function latestState({ isPursued, isOpen, chargedAt, timeZone }: DueSubscription, today: CalendarDate) {
  if (isPursued) return 'pursued';
  return isOpen || (chargedAt && dateIn(timeZone, chargedAt) === today) ? 'missed' : 'due';
}
