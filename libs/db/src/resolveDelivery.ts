import { Conflict, NotFound } from '@muster/core/errors';
import { RETRY_ADVICE } from '@muster/pipeline/retryAdvice';
import { type RunFile, type StepName } from '@muster/pipeline/run';
import { addAction } from './addAction.ts';
import { isCampaignDeleted } from './isCampaignDeleted.ts';
import { type LockedRun, lockWantedRun } from './lockWantedRun.ts';
import { type CompanyDatabase } from './openDatabase.ts';
import { putLogAway } from './putLogAway.ts';
import { releaseReservations } from './releaseReservations.ts';
import { reopenRun } from './reopenRun.ts';
import { type WantedRun } from './runViews.ts';

const CONTACTS: RunFile = 'contacts_output.csv';

export interface Resolution {
  /** Which file: `contacts_output.csv`. */
  file: string;
  as: 'delivered' | 'notDelivered';
  note: string;
  byKey: string;
}

/**
 * Takes a person's word for what became of a delivery that is `unknown`. Delivered: the run goes on after its upload. Not
 * delivered: it stays failed, and may be retried. Gives whether the run was reopened.
 * Throws NotFound `runNotFound`, `deliveryNotFound`; Conflict `deliveryNotUnknown`, `runNotEnded`, `runActive`.
 */
export async function resolveDelivery(
  tx: CompanyDatabase,
  wanted: WantedRun,
  { file, as, note, byKey }: Resolution,
): Promise<boolean> {
  const run = await lockWantedRun(tx, wanted);
  const { attempt, remoteName } = await findUnknown(tx, run, file);
  await closeAlert(tx, run, { file, note, byKey });
  await tx.execute(
    `update delivery set state = $4, message = $5, resolved_at = clock_timestamp(), updated_at = clock_timestamp()
     where run_id = $1 and file = $2 and try = $3`,
    [run.id, file, attempt, as === 'delivered' ? 'delivered' : 'failed', `resolved as ${as}`],
  );
  await tellStep(tx, run, { file, says: `resolved as ${as}: ${remoteName}` });
  const reopens = run.status === 'failed' && as === 'delivered';
  if (reopens) await goOn(tx, run, file);
  else if (run.status === 'failed') await stayFailed(tx, run, remoteName);
  const isLeft = as === 'notDelivered' && file === CONTACTS && !run.handedOver;
  if (isLeft) await releaseReservations(tx, run.id);
  const details = { file, as };
  await tx.execute(`insert into run_event (run_id, event, details) values ($1, 'delivery.resolved', $2)`, [
    run.id,
    details,
  ]);
  await addAction(tx, { runId: run.id, action: 'resolve', byKey, details: { ...details, try: attempt }, note });
  return reopens;
}

interface Unknown {
  attempt: number;
  remoteName: string;
}

async function findUnknown(tx: CompanyDatabase, run: LockedRun, file: string): Promise<Unknown> {
  const [last] = await tx.query<Unknown & { state: string; isResolved: boolean }>(
    `select try as attempt, remote_name as "remoteName", state, resolved_at is not null as "isResolved" from delivery
     where run_id = $1 and file = $2 order by try desc limit 1`,
    [run.id, file],
  );
  if (!last) throw new NotFound('deliveryNotFound', 'this run has no delivery of such a file');
  if (last.state !== 'unknown') {
    const said = last.isResolved ? await readWord(tx, run, file) : undefined;
    const message = `the delivery of ${file} is ${last.state}${said?.told ?? ''}: only one that is unknown can be resolved${said?.advice ?? ''}`;
    throw new Conflict('deliveryNotUnknown', message, { details: { state: last.state, ...said?.details } });
  }
  if (run.status === 'pending' || run.status === 'running')
    throw new Conflict('runNotEnded', `run ${run.id} is being ended just now: ask again`);
  return last;
}

/** What was said of the file before, and what to do if that was wrong; not the note, which may name people. */
async function readWord(tx: CompanyDatabase, { id, campaignId }: LockedRun, file: string) {
  const [said] = await tx.query<Pick<Resolution, 'as'> & { key: string; at: Date }>(
    `select details ->> 'as' as "as", by_key as key, at from run_action
     where run_id = $1 and action = 'resolve' and details ->> 'file' = $2 order by number desc limit 1`,
    [id, file],
  );
  if (!said) return undefined;
  const instead =
    said.as === 'delivered' ? `start a new run: POST /campaigns/${campaignId}/runs` : 'do not retry the run';
  return {
    told: `, since it was resolved as ${said.as} at ${said.at.toISOString()} by key ${said.key}`,
    advice: file === CONTACTS ? `. If that word was wrong, ${instead}` : '',
    details: { as: said.as, key: said.key, at: said.at },
  };
}

/** Before its cause is gone, which would close it without saying who has seen to it. */
async function closeAlert(
  tx: CompanyDatabase,
  { id }: LockedRun,
  { file, note, byKey }: Pick<Resolution, 'file' | 'note' | 'byKey'>,
) {
  await tx.execute(
    `update alert set resolved_at = clock_timestamp(), resolved_by = $3, note = $4
     where run_id = $1 and file = $2 and kind = 'delivery.unknown' and resolved_at is null`,
    [id, file, byKey, note],
  );
}

/** What the step has said of its delivery, that nobody knows, holds no longer. */
async function tellStep(tx: CompanyDatabase, { id }: LockedRun, { file, says }: { file: string; says: string }) {
  const step: StepName = file === CONTACTS ? 'upload' : 'report';
  await tx.execute('update run_step set message = $3 where run_id = $1 and name = $2', [id, step, says]);
}

async function goOn(tx: CompanyDatabase, run: LockedRun, file: string) {
  if (file === CONTACTS) {
    await tx.execute(
      `update run_step set status = 'succeeded', lease_until = null, finished_at = clock_timestamp()
       where run_id = $1 and name = 'upload'`,
      [run.id],
    );
  }
  // what is under way has nothing to do with this file: nobody shall stop it for that
  const advice = 'this one goes on with what follows its upload, so resolve its delivery once that run has ended';
  await reopenRun(tx, run, { settings: run.settings, advice });
}

async function stayFailed(tx: CompanyDatabase, { id, campaignId }: LockedRun, remoteName: string) {
  const said = `${remoteName} was not delivered, as a person has said`;
  const isDeleted = await isCampaignDeleted(tx, campaignId);
  await tx.execute(
    `update run set error_code = 'notDelivered', error_message = $2, updated_at = clock_timestamp() where id = $1`,
    [
      id,
      isDeleted ? `${said}; its campaign was deleted, so that the run cannot be retried` : `${said}: ${RETRY_ADVICE}`,
    ],
  );
  await putLogAway(tx, id); // sealed anew, with this in it
}
