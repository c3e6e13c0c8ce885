import { InvalidInput } from '@muster/core/errors';
import { campaigns } from '@muster/db/campaigns';
import { getObject } from '@muster/db/companyObjects';
import { insertRun } from '@muster/db/insertRun';
import { type CompanyDatabase } from '@muster/db/openDatabase';
import { readRunSettings } from '@muster/db/runSettings';
import { getRunView, type RunView } from '@muster/db/runViews';

export interface RunRequest {
  /** The campaign's id, or `ext-` and the company's own. */
  campaign: string;
  requestId: string;
  /** The rows that were handed in, in parts of JSON. */
  rows: AsyncIterable<string> | undefined;
  worker: 'external' | undefined;
}

/** Accepts a run, in the caller's transaction and without any of its work. Throws Conflict `runActive` while another is under way. */
export async function startRun(
  tx: CompanyDatabase,
  { campaign, requestId, rows, worker }: RunRequest,
): Promise<RunView> {
  const { id, redashQueryUrl } = await getObject(tx, campaigns, { reference: campaign });
  if (redashQueryUrl === null && !rows && !worker) throw noRows();
  const settings = { ...(await readRunSettings(tx, id)), hasOverride: rows !== undefined };
  const work = { ...(rows && { override: rows }), ...(worker && { worker }) };
  const run = { settings, trigger: 'manual', scheduledFor: null, requestId, ...work } as const;
  return getRunView(tx, { campaign: id, runId: await insertRun(tx, run) });
}

function noRows() {
  const message = 'is missing: the campaign has no redashQueryUrl, so the rows must be handed in';
  return new InvalidInput([{ field: 'queryResultsOverride', code: 'required', message }]);
}
