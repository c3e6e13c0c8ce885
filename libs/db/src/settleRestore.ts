import { type Database } from '@muster/core/database';
import { stepsFor } from '@muster/pipeline/campaignRun';
import { nameOfDestination } from '@muster/pipeline/nameOfDestination';
import { remoteName } from '@muster/pipeline/remoteNames';
import { type Run, type RunWorker } from '@muster/pipeline/run';
import { refuseConnected } from './connectedProcesses.ts';
import { closeLeftRun } from './endRun.ts';
import { recordAllMissed } from './slots.ts';

/** What was done to a database that was brought back from a backup. */
export interface SettledRestore {
  /** How many numbers that ids are made of were moved on. */
  sequencesMoved: number;
  /** The runs that were under way in the backup. */
  runsFailed: string[];
  runsCanceled: string[];
  slotsMissed: number;
  /** Of whose slots nothing could be recorded, and why. */
  campaignsUnreadable: { campaignId: string; reason: string }[];
}

const REASON = 'databaseRestored';
/** More than a step is begun, or rung for, between a backup and its return. */
const ATTEMPTS_LEFT_OUT = 1_000;

/**
 * Makes harmless what a database that was brought back from a backup does not know: no id is given out again, no run goes on
 * that may have sent its file since, no slot runs a second time. What a person must look at raises alerts. To be called before
 * any process has begun to work; again, it moves the ids on once more. All or nothing. Throws Conflict `processesConnected`.
 */
export async function settleRestore(db: Database): Promise<SettledRestore> {
  return db.transaction(async (tx) => {
    await tx.execute('lock table campaign, run in exclusive mode'); // a process that starts now waits, and then finds it done
    await refuseConnected(tx);
    const [moved] = await tx.query<{ count: number }>('select move_ids_on() as count');
    await leaveAttemptsOut(tx);
    const { failed: runsFailed, canceled: runsCanceled } = await endOpenRuns(tx);
    const { slots, failed } = await recordAllMissed(tx, REASON);
    const campaignsUnreadable = failed.map(({ campaignId, error }) => ({
      campaignId,
      reason: (error as Error).message,
    }));
    return { sequencesMoved: moved?.count ?? 0, runsFailed, runsCanceled, slotsMissed: slots, campaignsUnreadable };
  });
}

/**
 * What was begun of a run since has left files under the numbers of its attempts, and jobs under those of its rings: a retry
 * would find them in its way. Also of runs that had failed already, since they may have been retried.
 */
async function leaveAttemptsOut(tx: Database) {
  await tx.execute(
    `update run_step set attempt = attempt + $1, ring = ring + $1 from run where run.id = run_id and run.status <> 'succeeded'`,
    [ATTEMPTS_LEFT_OUT],
  );
  await tx.execute(`update run set attempts_gone = attempts_gone + $1 where status <> 'succeeded'`, [
    ATTEMPTS_LEFT_OUT,
  ]);
}

/** A run that was under way in the backup. */
interface LeftRun extends Omit<Run, 'startedAt'> {
  startedAt: Date | null;
  worker: RunWorker;
  cancelAsked: boolean;
  /** The name of its contacts file, where that was delivered before. */
  deliveredAs: string | null;
}

async function endOpenRuns(tx: Database) {
  const open = await tx.query<LeftRun>(
    `select id, company_id as "companyId", campaign_id as "campaignId", generation, request_id as "requestId",
       started_at as "startedAt", settings, worker, cancel_asked_at is not null as "cancelAsked",
       (select remote_name from delivery where run_id = run.id and file = 'contacts_output.csv' and state = 'delivered')
         as "deliveredAs"
     from run where status in ('pending', 'running') order by created_at, id`,
  );
  const ended = { failed: [] as string[], canceled: [] as string[] };
  for (const run of open) {
    const status = run.cancelAsked ? 'canceled' : 'failed'; // no rename begins after a cancel was asked for
    // what it has reserved goes on to count: its contacts may be with the dialer
    if (status === 'failed') await tx.execute('update run set handed_over = true where id = $1', [run.id]);
    await closeLeftRun(tx, run.id, {
      status,
      error: run.cancelAsked ? null : { code: REASON, message: whyEnded(run) },
    });
    ended[status].push(run.id);
  }
  return ended;
}

/** What whoever is on call has to know of it: nobody but whoever reads the server's directory knows what was sent. */
function whyEnded(run: LeftRun): string {
  const what = 'the database was brought back from a backup while this run was under way';
  const { sftp } = run.settings;
  if (run.worker === 'external')
    return `${what}: ask its outside worker what became of it; to repeat it, start a new run`;
  if (run.deliveredAs !== null)
    return `${what}, after its contacts were delivered as ${run.deliveredAs}: retry it, and only what follows is done`;
  if (!sftp || !stepsFor(run.settings).includes('upload'))
    return `${what}, and what came of it since is not known. It sends no file: retry it, or start a new run`;
  return (
    `${what}, and whether its contacts were sent since is not known. Look on ${nameOfDestination(sftp)}, for ${remoteName(run, 'contacts')}, and ask ` +
    'whoever takes files from there: if it came, leave this run as it is; if it did not, retry it'
  );
}
