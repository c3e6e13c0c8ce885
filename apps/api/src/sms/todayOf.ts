import { type CalendarDate, dateIn } from '@muster/core/calendarDate';
import { type Database } from '@muster/core/database';
import { type Organisation } from '@muster/db/sms/organisation';

/** Today by the organisation's calendar, and the database's clock. */
export async function todayOf(db: Database, { timeZone }: Organisation): Promise<CalendarDate> {
  return dateIn(timeZone, await db.now());
}
