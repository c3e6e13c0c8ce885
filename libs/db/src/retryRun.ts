import { isDeepStrictEqual } from 'node:util';
import { Conflict, NotFound } from '@muster/core/errors';
import { type RunSettings } from '@muster/pipeline/runSettings';
import { addAction } from './addAction.ts';
import { beginGeneration } from './beginGeneration.ts';
import { isCampaignDeleted } from './isCampaignDeleted.ts';
import { releaseReservations } from './releaseReservations.ts';
import { type LockedRun, lockWantedRun } from './lockWantedRun.ts';
import { type CompanyDatabase } from './openDatabase.ts';
import { readRunSettings } from './runSettings.ts';
import { reopenRun } from './reopenRun.ts';
import { type WantedRun } from './runViews.ts';

export interface RetryOptions {
  byKey: string;
  /** How old a query's result may be: people may have paid since. */
  withinMs: number;
}

/**
 * Reopens a failed run, with the settings as they are now: at the step that failed, with the artefacts that exist; or, where
 * contacts were screened (or would be matched otherwise by now) and are not handed over, at `filter` as a new generation.
 * Throws NotFound `runNotFound`, `campaignNotFound`; Conflict `notRetriable`, `deliveryUnknown`, `queryResultTooOld`,
 * `filesRemoved`, `runActive`.
 */
export async function retryRun(
  tx: CompanyDatabase,
  wanted: WantedRun,
  { byKey, withinMs }: RetryOptions,
): Promise<void> {
  const run = await lockWantedRun(tx, wanted);
  await refuseDeleted(tx, run);
  const past = await readPast(tx, run.id);
  refuseRetry(run, past, withinMs);
  const fresh = await readRunSettings(tx, run.campaignId);
  const settings = settingsOf(run, past, fresh);
  const isNewGeneration = wantsGeneration(run, past, settings);
  if (isNewGeneration) await beginGeneration(tx, run.id);
  if (isNewGeneration || !past.filtered) await settleReservations(tx, run, { past, settings });
  await reopenRun(tx, run, { settings });
  const details = { generation: run.generation + Number(isNewGeneration) };
  await tx.execute(`insert into run_event (run_id, event, details) values ($1, 'run.retried', $2)`, [run.id, details]);
  await addAction(tx, { runId: run.id, action: 'retry', byKey, details });
}

interface Past {
  hasSteps: boolean;
  filtered: boolean;
  exported: boolean;
  delivered: boolean;
  /** A rename was sent once: another place to deliver to could make two files of one. */
  wasRenaming: boolean;
  unknown: string | null;
  /** Since the query's result is there; null where it is not. */
  queriedForMs: number | null;
}

async function readPast(tx: CompanyDatabase, runId: string): Promise<Past> {
  const [past] = await tx.query<Past>(
    `select count(*) > 0 as "hasSteps",
       coalesce(bool_or(status = 'succeeded') filter (where name = 'filter'), false) as filtered,
       coalesce(bool_or(status = 'succeeded') filter (where name = 'export'), false) as exported,
       (extract(epoch from $2::timestamptz - max(finished_at) filter (where name = 'query' and status = 'succeeded'))
         * 1000)::float8 as "queriedForMs",
       exists (select from delivery where run_id = $1 and file = 'contacts_output.csv' and state = 'delivered') as delivered,
       exists (select from delivery where run_id = $1
         and (state in ('renaming', 'delivered', 'unknown') or resolved_at is not null)) as "wasRenaming",
       (select min(file) from delivery where run_id = $1 and state = 'unknown') as unknown
     from run_step where run_id = $1`,
    [runId, await tx.now()],
  );
  if (!past) throw new Error('an aggregate gave no row');
  return past;
}

/** The run itself can still be seen, canceled, and its delivery be resolved. */
async function refuseDeleted(tx: CompanyDatabase, { id, campaignId }: LockedRun) {
  if (!(await isCampaignDeleted(tx, campaignId))) return;
  const message =
    `campaign ${campaignId} was deleted, so that run ${id} cannot be retried: make a new campaign for whoever is still ` +
    'to be reached, and start a run of that';
  throw new NotFound('campaignNotFound', message);
}

function refuseRetry({ id, campaignId, status, filesLeaving }: LockedRun, past: Past, withinMs: number) {
  const anew = `start a new run: POST /campaigns/${campaignId}/runs`;
  if (status !== 'failed') {
    const what = status === 'pending' || status === 'running' ? 'this one is under way' : anew;
    const message = `run ${id} is ${status}: only a failed run can be retried; ${what}`;
    throw new Conflict('notRetriable', message, { details: { status } });
  }
  if (!past.hasSteps) throw new Conflict('notRetriable', `run ${id} is the work of an outside worker: ${anew}`);
  if (past.unknown !== null) {
    const path = `/campaigns/${campaignId}/runs/${id}/deliveries/${past.unknown}/resolve`;
    const message = `whether ${past.unknown} of run ${id} was delivered is unknown: resolve that delivery first: POST ${path}`;
    throw new Conflict('deliveryUnknown', message, { details: { file: past.unknown } });
  }
  if (past.queriedForMs !== null && past.queriedForMs > withinMs) {
    const message = `the query's result of run ${id} is ${ageOf(past.queriedForMs)} old, and people may have paid since: ${anew}`;
    throw new Conflict('queryResultTooOld', message);
  }
  if (filesLeaving) throw new Conflict('filesRemoved', `the files of run ${id} are past their retention: ${anew}`);
}

const UNITS = { hours: 3_600_000, minutes: 60_000, seconds: 1_000 };

/** In the largest unit of which there are two. */
function ageOf(ms: number) {
  const [name, unitMs] = Object.entries(UNITS).find(([, unit]) => ms >= 2 * unit) ?? ['seconds', UNITS.seconds];
  return `${Math.floor(ms / unitMs)} ${name}`;
}

/** As the campaign is now; but what was handed over was printed by the exporter of then, and a file has one place to go to. */
function settingsOf({ settings: old }: LockedRun, past: Past, fresh: Omit<RunSettings, 'hasOverride'>): RunSettings {
  const settings = { ...fresh, hasOverride: old.hasOverride };
  if (past.wasRenaming && old.sftp) {
    const { host, username, cdDir } = old.sftp;
    settings.sftp = { ...(fresh.sftp ?? old.sftp), host, username, cdDir };
  }
  if (isHandedOver(past, old, settings)) settings.exporter = old.exporter;
  return settings;
}

/** Without SFTP, the sealed file is what the company works with; a server that there is by now gets one of its own. */
function isHandedOver(past: Past, old: RunSettings, { sftp }: RunSettings) {
  return past.delivered || (wasSealed(past, old) && sftp === null);
}

function wasSealed({ exported }: Past, { sftp }: RunSettings) {
  return exported && sftp === null;
}

function wantsGeneration({ settings: old, screened }: LockedRun, past: Past, settings: RunSettings) {
  if (!past.filtered || isHandedOver(past, old, settings)) return false;
  return screened === true || !isDeepStrictEqual([old.exporter, old.company], [settings.exporter, settings.company]);
}

/**
 * What a file that was handed over has reserved counts until new verdicts drop it, since attempts come of that file; where
 * there will be no verdicts, nothing is reserved.
 */
async function settleReservations(
  tx: CompanyDatabase,
  run: LockedRun,
  { past, settings }: { past: Past; settings: RunSettings },
) {
  const handedOver = run.handedOver || wasSealed(past, run.settings);
  if (handedOver) await tx.execute('update run set handed_over = true where id = $1', [run.id]);
  if (!handedOver || !settings.exporter?.checkCanInteractData) await releaseReservations(tx, run.id);
}
