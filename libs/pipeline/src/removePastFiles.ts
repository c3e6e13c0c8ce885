import { codeOf, TemporaryFailure } from '@muster/core/errors';
import { inLanes } from '@muster/core/inLanes';
import { type Log } from '@muster/core/log';
import { type FileStore } from './ports.ts';

/** A run whose files are past its company's retention, and the folders of the file store in which they lie. */
export interface PastRun {
  id: string;
  folders: string[];
}

/** Which runs' files have been kept for long enough, by the clock of the database. */
export interface PastFiles {
  /**
   * Takes the next runs, at most RUNS_AT_ONCE: from now on nobody is given their files, and they are not reopened. Those
   * that are not recorded within ten minutes are given again; until then no other call gets them.
   */
  takeRuns(): Promise<PastRun[]>;
  /** Notes that the files of a run are gone, and tells its story so; gives how many there were. Once is enough: 0 afterwards. */
  recordRemoved(runId: string): Promise<number>;
}

export interface PastFilesDeps {
  past: PastFiles;
  store: Pick<FileStore, 'removeAll'>;
  log: Log;
  /** How long the store may take for one run, in milliseconds; default 5 minutes. */
  withinMs?: number;
}

/** How many runs are taken at a time. */
export const RUNS_AT_ONCE = 100;
const LANES = 4;
const WITHIN_MS = 300_000;

/**
 * Removes the files of runs that ended longer ago than their company keeps files: first from the store, then from the list.
 * One that cannot be removed holds up no other. Safe to call at any time, by any number of processes.
 */
export async function removePastFiles(
  deps: PastFilesDeps,
  stop: AbortSignal = new AbortController().signal,
): Promise<void> {
  let taken = RUNS_AT_ONCE;
  let removed = 1;
  while (taken === RUNS_AT_ONCE && removed > 0 && !stop.aborted) {
    ({ taken, removed } = await removeSome(deps, stop));
  }
}

async function removeSome(deps: PastFilesDeps, stop: AbortSignal) {
  const runs = await deps.past.takeRuns();
  const gone: number[] = [];
  await inLanes(runs, LANES, async (run) => {
    if (stop.aborted) return; // taken again later
    try {
      gone.push(await removeOne(deps, run, stop));
    } catch (error) {
      deps.log.warn('files.notRemoved', { runId: run.id, code: codeOf(error) ?? null });
    }
  });
  const files = gone.reduce((sum, one) => sum + one, 0);
  if (gone.length > 0) deps.log.info('files.removed', { runs: gone.length, files });
  return { taken: runs.length, removed: gone.length };
}

async function removeOne({ past, store, withinMs = WITHIN_MS }: PastFilesDeps, run: PastRun, stop: AbortSignal) {
  const removeAll = async () => {
    for (const folder of run.folders) await store.removeAll(folder);
  };
  await within(withinMs, stop, removeAll());
  return past.recordRemoved(run.id); // after the bytes: what is said to be gone is gone
}

/** Waits no longer for a store that hangs. It may do its work later still: nothing is wrong with that. */
function within(ms: number, stop: AbortSignal, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = () =>
      reject(new TemporaryFailure('fileStoreUnavailable', 'the file store has not answered in time'));
    const timer = setTimeout(giveUp, ms);
    stop.addEventListener('abort', giveUp, { once: true });
    void work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      stop.removeEventListener('abort', giveUp);
    });
  });
}
