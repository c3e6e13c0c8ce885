import { waitFor } from '@muster/testing/waitFor';
import { type Campaign, startRun } from './campaigns.ts';
import { type House } from './house.ts';

const RUN_TIMEOUT_MS = 600_000;
const LOOK_EVERY_MS = 50;

/** A run from the request that began it to the delivery of its contacts. */
export interface TimedRun {
  runId: string;
  seconds: number;
  /** What each step took, by its name. */
  steps: Record<string, number>;
  /** The name of the delivered file. */
  remoteName: string;
}

/** Runs a campaign, and waits until nothing more is to be done for it. Both moments are by the database's clock. */
export async function timedRun(house: House, campaign: Campaign): Promise<TimedRun> {
  const [{ beganAt } = { beganAt: '' }] = await house.db.query<{ beganAt: string }>(
    'select clock_timestamp()::text as "beganAt"',
  );
  const runId = await startRun(house, campaign);
  const delivery = await untilDelivered(house, runId, beganAt);
  await untilOver(house, runId);
  return { runId, ...delivery, steps: await stepSeconds(house, runId) };
}

async function untilDelivered({ db }: House, runId: string, beganAt: string) {
  const look = async () => {
    const [row] = await db.query<{ error: string | null; seconds: number | null; remoteName: string }>(
      `select run.error_message as error, remote_name as "remoteName",
         extract(epoch from delivery.updated_at - $2::timestamptz)::float as seconds
       from run left join delivery on run_id = run.id and file = 'contacts_output.csv' and state = 'delivered'
       where run.id = $1`,
      [runId, beganAt],
    );
    if (row?.error) throw new Error(`run ${runId} has failed: ${row.error}`);
    return row?.seconds == null ? undefined : { seconds: row.seconds, remoteName: row.remoteName };
  };
  return waitFor(look, { timeoutMs: RUN_TIMEOUT_MS, everyMs: LOOK_EVERY_MS, what: `the delivery of run ${runId}` });
}

/** Waits for what comes after the delivery (the log, the loading of decisions), and takes back what the run has reserved. */
async function untilOver({ db }: House, runId: string) {
  const open = async () =>
    db.query(
      `select from run where id = $1 and finished_at is null union all
       select from task where status in ('pending', 'running') union all
       select from pg_tables where schemaname = 'scratch' and starts_with(tablename, $1)`,
      [runId],
    );
  const isOver = async () => (await open()).length === 0;
  await waitFor(isOver, { timeoutMs: RUN_TIMEOUT_MS, everyMs: LOOK_EVERY_MS, what: `the end of run ${runId}` });
  await db.execute('truncate reservation_set, reservation, decision'); // the next round begins as this one did
}

async function stepSeconds({ db }: House, runId: string) {
  const rows = await db.query<{ name: string; seconds: number }>(
    `select name, extract(epoch from finished_at - started_at)::float as seconds from run_step where run_id = $1`,
    [runId],
  );
  return Object.fromEntries(rows.map(({ name, seconds }) => [name, seconds]));
}
