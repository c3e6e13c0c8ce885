import { InvalidInput } from '@muster/core/errors';
import { campaigns } from '@muster/db/campaigns';
import { getObject } from '@muster/db/companyObjects';
import { insertRun } from '@muster/db/insertRun';
import { type OpenDatabase } from '@muster/db/openDatabase';
import { readRunSettings } from '@muster/db/runSettings';
import { getRunView, type RunView } from '@muster/db/runViews';

export interface RunRequest {
  companyId: string;
  /** The campaign's id, or `ext-` and the company's own. */
  campaign: string;
  requestId: string;
  rows: Record<string, unknown>[] | undefined;
}

/** Accepts a run: in one transaction, and without any of its work. Throws Conflict `runActive` while another is under way. */
export function startRun(db: OpenDatabase, { companyId, campaign, requestId, rows }: RunRequest): Promise<RunView> {
  return db.transaction(async (tx) => {
    const { id, redashQueryUrl } = await getObject(tx, campaigns, { companyId, reference: campaign });
    if (redashQueryUrl === null && !rows) throw noRows();
    const settings = { ...(await readRunSettings(tx, id)), hasOverride: rows !== undefined };
    const run = {
      settings,
      trigger: 'manual',
      scheduledFor: null,
      requestId,
      ...(rows && { override: rows }),
    } as const;
    const runId = await insertRun(tx, run);
    return getRunView(tx, { companyId, campaign: id, runId });
  });
}

function noRows() {
  const message = 'is missing: the campaign has no redashQueryUrl, so the rows must be handed in';
  return new InvalidInput([{ field: 'queryResultsOverride', code: 'isDefined', message }]);
}
