import { Environment } from '@muster/runtime/config';
import { waitFor } from '@muster/testing/waitFor';
import { allBorrowers, createCampaign, hasEnded, type ShownRun } from '../e2e/campaignRuns.ts';
import { openDrop } from '../e2e/heldRuns.ts';
import { openHouse } from '../e2e/house.ts';
import { type LogLine, type MusterProcess } from '../e2e/startProcess.ts';

const shipped = new Environment();
/** All that a house makes shorter for tests, as it is shipped. */
export const shippedTimes = {
  ...{ LEASE_MS: shipped.LEASE_MS, HEARTBEAT_MS: shipped.HEARTBEAT_MS, STOP_WITHIN_MS: shipped.STOP_WITHIN_MS },
  ...{ HEAL_EVERY_MS: shipped.HEAL_EVERY_MS, SWEEP_EVERY_MS: shipped.SWEEP_EVERY_MS },
  QUEUE_LOCK_MS: shipped.QUEUE_LOCK_MS,
};
const END_MS = 120_000;
const BEGIN_MS = 90_000;
const EVERY_MS = 25;

/** A house at the settings that are shipped, with two workers, a drop and links that can be cut. */
export type RecoveryHouse = Awaited<ReturnType<typeof openRecoveryHouse>>;

/** Opens such a house. */
export async function openRecoveryHouse() {
  const settings = Object.fromEntries(Object.entries(shippedTimes).map(([name, value]) => [name, String(value)]));
  const house = await openHouse({ backend: 'redis', workers: 2, settings, linked: true });
  const drop = await openDrop(house);
  return {
    ...house,
    ...{ house, drop },
    /** A campaign of some borrowers; gives its id. */
    newCampaign: () =>
      createCampaign(house, {
        sftp: drop.settings,
        ...house.saveQuery(`select * from (${allBorrowers}) all_of_them limit 50`),
      }),
    /** Puts a new worker in the place of one that has gone or is to go. */
    replace: async (old: MusterProcess) => {
      const next = await house.startWorker();
      house.workers.splice(house.workers.indexOf(old), 1, next);
      return next;
    },
    /** Waits until one of these workers begins a step of a run, from a moment on; gives when that was, in ms since 1970. */
    untilBegun: (workers: MusterProcess[], { runId, sinceMs = 0 }: { runId: string; sinceMs?: number }) =>
      waitFor(() => findBegin(workers, (line) => line.runId === runId && timeOf(line) >= sinceMs), {
        ...{ timeoutMs: BEGIN_MS, everyMs: EVERY_MS, what: `a step of run ${runId} to begin` },
      }),
    /** Waits until runs have ended; fails where one has not succeeded. */
    untilSucceeded: async (paths: string[]) => {
      for (const path of paths) {
        const look = async () => {
          const run = (await house.api.call('GET', path)).json as unknown as ShownRun;
          return hasEnded(run) ? run : undefined;
        };
        const run = await waitFor(look, { timeoutMs: END_MS, everyMs: 100, what: `run ${path}` });
        if (run.status !== 'succeeded') throw new Error(`${path} has ${run.status}: ${JSON.stringify(run.error)}`);
      }
    },
  };
}

/** The id of the run of a path. */
export const runIdOf = (path: string): string => path.split('/').at(-1) ?? '';

async function findBegin(workers: MusterProcess[], fits: (line: LogLine) => boolean) {
  for (const worker of workers) {
    const line = (await worker.lines()).find((candidate) => candidate.event === 'step.started' && fits(candidate));
    if (line) return timeOf(line);
  }
  return undefined;
}

const timeOf = (line: LogLine) => Date.parse((line as LogLine & { time: string }).time);
