import { dateIn } from '@muster/core/calendarDate';
import { dispatchAt } from '@muster/core/dispatchTime';

/** A part of the company's day in which its campaigns fall due. */
export interface DueWindow {
  /** In which it is midday, far from the ends of the day. */
  timeZone: string;
  /** `HH:MM`, the end not included. */
  from: string;
  to: string;
  beginsAt: Date;
}

const MINUTE_MS = 60_000;
const NOON = 12;

/** A window of whole minutes that begins with the first full one after `earliest`. */
export function dueWindow(earliest: Date, minutes: number): DueWindow {
  const beginsAt = new Date(Math.ceil(earliest.getTime() / MINUTE_MS) * MINUTE_MS);
  const timeZone = zoneAtNoon(beginsAt);
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const endsAt = new Date(beginsAt.getTime() + minutes * MINUTE_MS);
  return { timeZone, from: time.format(beginsAt), to: time.format(endsAt), beginsAt };
}

/** When campaigns are due in it, in the order of their ids here. */
export function dueTimes(campaignIds: readonly string[], { timeZone, from, to, beginsAt }: DueWindow): Date[] {
  const date = dateIn(timeZone, beginsAt);
  return campaignIds.map((campaignId) => dispatchAt({ campaignId, window: { from, to }, timeZone, date }));
}

/** The signs of these names are the wrong way round. */
function zoneAtNoon(at: Date) {
  const ahead = NOON - at.getUTCHours();
  return ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}
