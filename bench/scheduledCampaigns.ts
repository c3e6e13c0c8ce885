import { waitFor } from '@muster/testing/waitFor';
import { askRedis } from '../test/faults/askRedis.ts';
import { type DueWindow, dueTimes, dueWindow } from './dueWindow.ts';
import { type House } from './house.ts';
import { insertCampaigns } from './insertCampaigns.ts';

export interface NewScheduled {
  count: number;
  /** When the first may be due, from now on. */
  inSeconds: number;
  /** How long the window is in which all of them are. */
  minutes: number;
}

/** Campaigns of one company that are due every day, planned as the API would have planned them. */
export interface Scheduled extends DueWindow {
  count: number;
}

const CUT_OFF = '23:00';
const CRONTAB = 'P P * * *';

/** Puts scheduled campaigns into the database, and notes when each is due, by our own account: table `bench_due`. */
export async function insertScheduled(house: House, { count, inSeconds, minutes }: NewScheduled): Promise<Scheduled> {
  const { db, bench } = house;
  const company = await house.addCompany();
  const ids = await insertCampaigns(house, company, {
    ...{ count, queryId: bench.servers.redash.keep([1]), schedule: CRONTAB },
  });
  const window = dueWindow(new Date((await db.now()).getTime() + inSeconds * 1_000), minutes);
  await db.execute(
    'update company set time_zone = $2, dispatch_from = $3, dispatch_to = $4, catch_up_until = $5 where id = $1',
    [company.companyId, window.timeZone, window.from, window.to, CUT_OFF],
  );
  await db.execute(
    'create table bench_due as select * from unnest($1::text[], $2::timestamptz(3)[]) as due (campaign_id, due_at)',
    [ids, dueTimes(ids, window)],
  );
  await db.execute(
    `update campaign set next_due_at = due_at, schedule_set_at = now() from bench_due where campaign.id = campaign_id`,
  );
  await db.execute('vacuum analyze');
  return { ...window, count };
}

/** How many job schedulers there are in the queue. */
export async function countSchedules({ bench, prefix }: House): Promise<number> {
  return Number(await askRedis(bench.servers.redis.url, 'zcard', `${prefix}:ring:repeat`));
}

/** Waits until there is a job scheduler for each campaign; gives the seconds that it took. */
export async function untilAllScheduled(house: House, wanted: number, timeoutMs: number): Promise<number> {
  const startedAt = performance.now();
  const areAll = async () => (await countSchedules(house)) >= wanted;
  await waitFor(areAll, { timeoutMs, everyMs: 250, what: `all ${wanted} job schedulers to be there` });
  return (performance.now() - startedAt) / 1_000;
}

/**
 * By how many seconds slot and run were committed after they were due, of all that were due between two moments; one that
 * is not there yet counts as of now. PostgreSQL itself knows when a row was committed.
 */
export async function latenessOf({ db }: House, from: Date, to: Date): Promise<number[]> {
  const rows = await db.query<{ seconds: number }>(
    `select greatest(0, extract(epoch from
        coalesce(case when slot.run_id is not null then pg_xact_commit_timestamp(slot.xmin) end, clock_timestamp()) - due.due_at))::float
        as seconds
     from bench_due due left join campaign_slot slot on slot.campaign_id = due.campaign_id
     where due.due_at >= $1 and due.due_at < $2`,
    [from, to],
  );
  if (rows.length === 0) throw new Error('nothing was due meanwhile');
  return rows.map(({ seconds }) => seconds);
}
