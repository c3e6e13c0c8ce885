import { addLog, findWithoutLog, readEvents } from '@muster/db/runEvents';
import { sealLog } from '@muster/pipeline/sealLog';
import { type ApiDeps } from '../deps.ts';

/** Seals the log of a run to whose end something was done here, once that is committed. Where it fails, the healer does it. */
export async function sealEnd(
  { db, files: store, log }: Pick<ApiDeps, 'db' | 'files' | 'log'>,
  { companyId, runId }: { companyId: string; runId: string },
): Promise<void> {
  const company = db.forCompany(companyId);
  const run = await findWithoutLog(company, runId);
  if (!run) return;
  const runs = {
    events: (id: string) => readEvents(company, id),
    addLog: (ended: typeof run, file: Parameters<typeof addLog>[2]) => addLog(company, ended, file),
  };
  await sealLog(run, { runs, store, log });
}
