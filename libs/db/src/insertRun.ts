import { type Database } from '@muster/core/database';
import { stepsFor } from '@muster/pipeline/campaignRun';
import { type RunWorker } from '@muster/pipeline/run';
import { type RunSettings } from '@muster/pipeline/runSettings';
import { activeRunConflict } from './activeRunConflict.ts';

export interface NewRun {
  settings: RunSettings;
  trigger: 'manual' | 'schedule';
  /** When it was due; null where a person started it. */
  scheduledFor: Date | null;
  requestId: string | null;
  /** Rows in place of the query's, as the caller gave them: in parts, each the JSON text of a list; at least one part. */
  override?: AsyncIterable<string> | Iterable<string>;
  /** An outside worker does the work: without steps, a place or a ring. */
  worker?: RunWorker;
}

/**
 * Inserts a run and its steps, ready to be given a place; gives its id. Call it in the transaction that accepts the run.
 * The parts of the override are asked for one by one, as they are stored.
 * Throws Conflict `runActive` (details: `runId`) while another run of the campaign is under way: the unique index decides.
 */
export async function insertRun(tx: Database, run: NewRun): Promise<string> {
  const { settings, trigger, scheduledFor, override, worker = 'own' } = run;
  const id = await insertRow(tx, run);
  const story = { trigger, scheduledFor, ...(worker === 'external' && { worker }) };
  await tx.execute(BEGIN, [id, worker === 'own' ? stepsFor(settings) : [], story]);
  if (override) await insertOverride(tx, id, override);
  return id;
}

// After the run: row-level security lets nobody write of one that is not there yet.
const BEGIN = `
  with steps as (
    insert into run_step (run_id, name, ordinal)
    select $1, name, ordinal from unnest($2::text[]) with ordinality as step (name, ordinal)
  )
  insert into run_event (run_id, event, details) values ($1, 'run.queued', $3)`;

async function insertRow(tx: Database, { settings, trigger, scheduledFor, requestId, worker = 'own' }: NewRun) {
  const [run] = await tx.query<{ id: string }>(
    `insert into run (company_id, campaign_id, trigger, scheduled_for, request_id, settings, worker)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (campaign_id) where status in ('pending', 'running') do nothing returning id`,
    [settings.company.id, settings.campaign.id, trigger, scheduledFor, requestId, settings, worker],
  );
  if (!run) throw await activeRunConflict(tx, settings.campaign.id);
  return run.id;
}

async function insertOverride(tx: Database, runId: string, parts: NonNullable<NewRun['override']>) {
  let part = 0;
  for await (const rows of parts) {
    await tx.execute('insert into run_override (run_id, part, rows) values ($1, $2, $3)', [runId, part, rows]);
    part += 1;
  }
}
