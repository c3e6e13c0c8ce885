import { waitFor } from '@muster/testing/waitFor';
import { type House } from '../e2e/house.ts';

/** Whether a company's slot of today, at 11 by a clock that says noon or later, is caught up: before `cutOff` it is. */
export interface DownTime {
  /** How many slots came meanwhile, today's included. */
  days: number;
  /** `HH:MM` */
  cutOff: string;
}

/** Gives a campaign a daily schedule, and makes it look as if nothing had been up since before its last so many slots. */
export async function wasDownFor({ db, companyId, api }: House, campaignId: string, { days, cutOff }: DownTime) {
  const [zone] = await db.query<{ name: string }>(
    `select name from pg_timezone_names where name ~ '^Etc/GMT[+-]' and extract(hour from now() at time zone name) between 12 and 21
     order by abs(extract(hour from now() at time zone name) - 14), name limit 1`,
  );
  await db.execute(
    `update company set time_zone = $2, dispatch_from = '11:00', dispatch_to = '11:01', catch_up_until = $3 where id = $1`,
    [companyId, zone?.name, cutOff],
  );
  const { status } = await api.call('PUT', `/campaigns/${campaignId}`, { schedule: 'P P * * *' });
  if (status !== 200) throw new Error(`the schedule was answered with ${status}`);
  await db.execute(
    `update campaign set schedule_set_at = now() - $2 * interval '1 day', next_due_at = now() - $2 * interval '1 day'
     where id = $1`,
    [campaignId, days],
  );
}

/** What is on record of a campaign's slots, the oldest first: `missed cutOffPassed`, `run`. */
export async function slotsOf({ db }: House, campaignId: string): Promise<string[]> {
  const rows = await db.query<{ slot: string }>(
    `select concat_ws(' ', state, reason) as slot from campaign_slot where campaign_id = $1 order by due_date`,
    [campaignId],
  );
  return rows.map(({ slot }) => slot);
}

/** Waits for so many slots on record. */
export function untilSlots(house: House, campaignId: string, count: number): Promise<string[]> {
  const look = async () => {
    const slots = await slotsOf(house, campaignId);
    return slots.length >= count ? slots : undefined;
  };
  return waitFor(look, { timeoutMs: 30_000, everyMs: 50, what: `${count} slots of ${campaignId}` });
}
