import { type Database } from '@muster/core/database';
import { Conflict } from '@muster/core/errors';
import { stepsFor } from '@muster/pipeline/campaignRun';
import { type RunSettings } from '@muster/pipeline/runSettings';

export interface NewRun {
  settings: RunSettings;
  trigger: 'manual' | 'schedule';
  /** When it was due; null where a person started it. */
  scheduledFor: Date | null;
  requestId: string | null;
  /** Rows in place of the query's, as the caller gave them. */
  override?: readonly Record<string, unknown>[];
}

/**
 * Inserts a run and its steps, ready to be given a place; gives its id. Call it in the transaction that accepts the run.
 * Throws Conflict `runActive` (details: `runId`) while another run of the campaign is under way: the unique index decides.
 */
export async function insertRun(tx: Database, { settings, trigger, scheduledFor, requestId, override }: NewRun) {
  const [run] = await tx.query<{ id: string }>(
    `insert into run (company_id, campaign_id, trigger, scheduled_for, request_id, settings)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (campaign_id) where status in ('pending', 'running') do nothing returning id`,
    [settings.company.id, settings.campaign.id, trigger, scheduledFor, requestId, settings],
  );
  if (!run) throw await activeRunConflict(tx, settings.campaign.id);
  await tx.execute(
    `insert into run_step (run_id, name, ordinal)
     select $1, name, ordinal from unnest($2::text[]) with ordinality as step (name, ordinal)`,
    [run.id, stepsFor(settings)],
  );
  if (override) await tx.execute('insert into run_override values ($1, $2)', [run.id, JSON.stringify(override)]);
  await tx.execute(`insert into run_event (run_id, event, details) values ($1, 'run.queued', $2)`, [
    run.id,
    { trigger, scheduledFor },
  ]);
  return run.id;
}

async function activeRunConflict(tx: Database, campaignId: string) {
  const [active] = await tx.query<{ id: string }>(
    `select id from run where campaign_id = $1 and status in ('pending', 'running')`,
    [campaignId],
  );
  return new Conflict('runActive', `run ${active?.id ?? ''} of this campaign is under way: wait for its end`, {
    details: { runId: active?.id ?? null },
  });
}
