import { randomUUID } from 'node:crypto';
import { type Log } from '@muster/core/log';
import { type FileStore } from './ports.ts';
import { renderLog } from './renderLog.ts';
import { type Run } from './run.ts';
import { type Runs } from './runs.ts';
import { folderOf } from './workspace.ts';

interface SealDeps {
  runs: Pick<Runs, 'events' | 'addLog'>;
  store: FileStore;
  log: Log;
}

/** Seals `log.txt` of a run that has ended otherwise than through its report. One that fails is made up by the healer. */
export async function sealLog(run: Run, { runs, store, log }: SealDeps): Promise<void> {
  try {
    const file = await store.create(`${folderOf(run, `end-${randomUUID()}`)}log.txt`);
    try {
      file.stream.end(renderLog(await runs.events(run.id)));
      await runs.addLog(run, await file.seal());
    } finally {
      await file.discard();
    }
  } catch (error) {
    const { id: runId, campaignId, requestId } = run;
    log.warn('log.notSealed', { runId, campaignId, requestId, reason: (error as Error).message });
  }
}
