import { type Doorbell } from './doorbell.ts';
import { inLanes } from '@muster/core/inLanes';
import { type Log } from '@muster/core/log';
import { type FileStore } from './ports.ts';
import { MOST_NAMED, ringAll } from './ringAll.ts';
import { type Places, type Runs } from './runs.ts';
import { sealLog } from './sealLog.ts';

export interface HealDeps {
  places: Places;
  doorbell: Doorbell;
  log: Log;
}

export interface LogDeps {
  runs: Pick<Runs, 'endedWithoutLog' | 'events' | 'addLog'>;
  store: FileStore;
  log: Log;
}

const LOGS_AT_ONCE = 4;

/**
 * Puts right whatever was lost on the way: free places, and runs that nobody was told about (a flushed queue, a lost
 * reply, a dead worker, a missed publish). Called every few seconds by the scheduler; safe to call at once by many.
 */
export async function heal(deps: HealDeps): Promise<void> {
  try {
    for (const id of await deps.places.companiesWaiting()) await ringAll(deps, await deps.places.fill(id));
  } finally {
    await ringLost(deps);
  }
}

/** Seals the logs of ended runs that have none. Apart from `heal`, since the file store may let each of them wait. */
export async function sealLogs(deps: LogDeps, signal?: AbortSignal): Promise<void> {
  await inLanes(await deps.runs.endedWithoutLog(), LOGS_AT_ONCE, async (run) => {
    if (!signal?.aborted) await sealLog(run, deps);
  });
}

async function ringLost(deps: HealDeps) {
  const quiet = await deps.places.quietRings();
  if (quiet.length === 0) return;
  const pending = await deps.doorbell.pendingRings(quiet); // without this question a long queue fills with copies
  const known = new Set(pending.map(({ runId, ring }) => `${runId} ${ring}`));
  const missing = quiet.filter(({ runId, ring }) => !known.has(`${runId} ${ring}`));
  const lost = await deps.places.ringAgain(missing); // but for those that were answered while we asked
  if (lost.length === 0) return;
  deps.log.warn('rings.lost', { count: lost.length });
  for (const { runId, step, names } of lost.slice(0, MOST_NAMED)) deps.log.info('ring.lost', { runId, ...names, step });
  await ringAll(deps, lost);
}
