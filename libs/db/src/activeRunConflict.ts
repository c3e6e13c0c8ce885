import { type Database } from '@muster/core/database';
import { Conflict } from '@muster/core/errors';

/** What to throw where a campaign has a run under way already: Conflict `runActive`, with its id in the details, and what to do. */
export async function activeRunConflict(
  tx: Database,
  campaignId: string,
  advice = 'wait for its end, or cancel it',
): Promise<Conflict> {
  const [active] = await tx.query<{ id: string }>(
    `select id from run where campaign_id = $1 and status in ('pending', 'running')`,
    [campaignId],
  );
  const message = `run ${active?.id ?? ''} of this campaign is under way: ${advice}`;
  return new Conflict('runActive', message, { details: { runId: active?.id ?? null } });
}
