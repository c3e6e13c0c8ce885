import { type Doorbell } from './doorbell.ts';
import { type Log } from '@muster/core/log';
import { type Audience, type FileStore } from './ports.ts';
import { MOST_NAMED, ringAll } from './ringAll.ts';
import { type Places, type Runs } from './runs.ts';
import { sealLog } from './sealLog.ts';

export interface HealDeps {
  places: Places;
  runs: Runs;
  doorbell: Doorbell;
  store: FileStore;
  audience: Pick<Audience, 'dropEnded'>;
  log: Log;
}

/**
 * Puts right whatever was lost on the way: free places, runs that nobody was told about (a flushed queue, a lost reply,
 * a dead worker, a missed publish), logs of ended runs. Called every few seconds by the scheduler; safe to call at once by many.
 */
export async function heal(deps: HealDeps): Promise<void> {
  for (const companyId of await deps.places.companiesWaiting()) await ringAll(deps, await deps.places.fill(companyId));
  for (const run of await deps.runs.endedWithoutLog()) await sealLog(run, deps);
  await deps.audience.dropEnded();
  await ringLost(deps); // last: it asks the queue, which may be away
}

async function ringLost(deps: HealDeps) {
  const quiet = await deps.places.quietRings();
  if (quiet.length === 0) return;
  const pending = await deps.doorbell.pendingRings(quiet); // without this question a long queue fills with copies
  const known = new Set(pending.map(({ runId, ring }) => `${runId} ${ring}`));
  const lost = quiet.filter(({ runId, ring }) => !known.has(`${runId} ${ring}`));
  if (lost.length === 0) return;
  deps.log.warn('rings.lost', { count: lost.length });
  for (const { runId, step } of lost.slice(0, MOST_NAMED)) deps.log.info('ring.lost', { runId, step });
  await ringAll(deps, await deps.places.ringAgain(lost));
}
