import { Conflict } from '@muster/core/errors';
import { type DeliveryState } from '@muster/pipeline/deliveries';
import { nameOfDestination } from '@muster/pipeline/nameOfDestination';
import { type StepName } from '@muster/pipeline/run';
import { addAction } from './addAction.ts';
import { closeOutsideRun, closeRun } from './endRun.ts';
import { handedOver } from './handedOver.ts';
import { destinationOf } from './ledger.ts';
import { type LockedRun, lockWantedRun } from './lockWantedRun.ts';
import { type CompanyDatabase } from './openDatabase.ts';
import { type WantedRun } from './runViews.ts';

/** What a cancel has done at once. */
export interface Cancelling {
  /** It was not asked for before. */
  isAsked: boolean;
  /** The run is over; else a worker learns of it. */
  hasEnded: boolean;
  /** The task that keeps what it has decided, if anything. */
  decisionsTask?: string | undefined;
}

/**
 * Asks for a run to be canceled, under the lock that the rename of its file takes as well: whichever is first wins. The
 * worker that holds it learns it at its next heartbeat; a run that nobody holds ends here. Asked again it is the same.
 * Throws NotFound `runNotFound`, Conflict `runEnded`, and `tooLate` where nothing remains that could be stopped.
 */
export async function cancelRun(tx: CompanyDatabase, wanted: WantedRun, byKey: string): Promise<Cancelling> {
  const run = await lockWantedRun(tx, wanted);
  if (run.status === 'canceled' && run.cancelAsked) return { isAsked: false, hasEnded: false };
  if (run.status !== 'pending' && run.status !== 'running')
    throw new Conflict(
      'runEnded',
      `run ${run.id} is over: it ${run.status === 'canceled' ? 'was' : 'has'} ${run.status}`,
    );
  if (!run.cancelAsked) await askForCancel(tx, run, byKey);
  return { isAsked: !run.cancelAsked, ...(await endUnheld(tx, run)) };
}

async function askForCancel(tx: CompanyDatabase, { id }: LockedRun, byKey: string) {
  const gone = await findHandedOver(tx, id);
  if (gone) {
    const { host, directory } = gone.destination;
    const where = nameOfDestination(host === null ? null : { host, cdDir: directory });
    const how = gone.state === 'delivered' ? 'is delivered' : 'may be delivered already, since its rename was sent,';
    const message =
      `the contacts file of run ${id} ${how} as ${gone.remoteName}, to ${where}: nothing ` +
      'remains to be stopped here; ask whoever reads that directory to take the file away';
    throw new Conflict('tooLate', message);
  }
  await tx.execute('update run set cancel_asked_at = clock_timestamp(), updated_at = clock_timestamp() where id = $1', [
    id,
  ]);
  await tx.execute(`insert into run_event (run_id, event) values ($1, 'cancel.asked')`, [id]);
  await addAction(tx, { runId: id, action: 'cancel', byKey });
}

interface HandedOver {
  state: DeliveryState;
  remoteName: string;
  destination: { host: string | null; directory: string | null };
}

async function findHandedOver(tx: CompanyDatabase, runId: string): Promise<HandedOver | undefined> {
  const [gone] = await tx.query<HandedOver>(
    `select state, remote_name as "remoteName", coalesce(destination, ${destinationOf('run')}) as destination
     from delivery join run on run.id = delivery.run_id
     where ${handedOver('$1')}`,
    [runId],
  );
  return gone;
}

interface Standing {
  step: StepName;
  isHeld: boolean;
  /** An upload was begun: its temporary file may be on the server, and only a worker can remove it. */
  mayHaveLeftover: boolean;
}

async function endUnheld(tx: CompanyDatabase, { id }: LockedRun): Promise<Omit<Cancelling, 'isAsked'>> {
  const [standing] = await tx.query<Standing>(
    `select name as step, coalesce(lease_until >= clock_timestamp(), false) as "isHeld",
       exists (select from delivery where run_id = $1 and state in ('uploading', 'uploaded')) as "mayHaveLeftover"
     from run_step where run_id = $1 and status <> 'succeeded' order by ordinal limit 1`,
    [id],
  );
  const end = { status: 'canceled', error: null } as const;
  if (standing?.isHeld) return { hasEnded: false };
  if (standing?.mayHaveLeftover) {
    await callWorker(tx, id, standing.step);
    return { hasEnded: false };
  }
  if (standing) return closeRun(tx, { runId: id, step: standing.step }, end);
  await closeOutsideRun(tx, id, end);
  return { hasEnded: true };
}

/** Lets a worker come at once, whatever the run was waiting for; a place more than there are does no harm for that moment. */
async function callWorker(tx: CompanyDatabase, runId: string, step: StepName) {
  await tx.execute('update run_step set not_before = null, ring = ring + 1 where run_id = $1 and name = $2', [
    runId,
    step,
  ]);
  await tx.execute('update run set not_before = null, rung_at = coalesce(rung_at, clock_timestamp()) where id = $1', [
    runId,
  ]);
}
