import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@muster/testing/waitFor';
import { allBorrowers, createCampaign, startRun } from '../e2e/campaignRuns.ts';
import { findLeaks } from '../e2e/findLeaks.ts';
import { openDrop } from '../e2e/heldRuns.ts';
import { type HouseOptions, openHouse } from '../e2e/house.ts';
import {
  type ApiPoint,
  armCrash,
  armPoison,
  type CrashPlace,
  type CrashPoint,
  disarmCrash,
  type Manner,
  type Poison,
  TOKENS,
} from './processes/crashPoints.ts';
import { checkRuns, type Outcome } from './checkRuns.ts';
import { phonesOf } from './phonesOf.ts';
import { noteTotals } from './totals.ts';

/** A house whose workers die where a test wants it, behind links that can be broken, and that knows what it has accepted. */
export type FaultHouse = Awaited<ReturnType<typeof openFaultHouse>>;

/** Opens such a house with a drop and one campaign. */
export async function openFaultHouse(options: Omit<HouseOptions, 'workerMain' | 'linked'>) {
  const tokens = mkdtempSync(join(tmpdir(), 'muster-crash-'));
  const settings = { [TOKENS]: tokens, PLACES_PER_COMPANY: '50', ...options.settings };
  const house = await openHouse({
    workers: 2,
    ...options,
    settings,
    workerMain: 'test/faults/processes/dist/worker.js',
    linked: true,
  });
  house.keep({ stop: async () => rmSync(tokens, { recursive: true, force: true }) });
  const drop = await openDrop(house);
  const accepted: string[] = [];
  const deaths = () => readLines(join(tokens, 'died.log'));
  const held = () => readLines(join(tokens, 'held.log'));
  const newCampaign = () => createCampaign(house, { sftp: drop.settings, ...house.saveQuery(allBorrowers) });
  /** Starts a run of a campaign, by default of a new one; gives its path. */
  const begin = async (campaignId?: string) => {
    const path = await startRun(house, campaignId ?? (await newCampaign()));
    accepted.push(path.split('/').at(-1) ?? '');
    return path;
  };
  /** Starts as many workers as have died. */
  const relieve = async () => {
    const dead = house.workers.filter((worker) => worker.hasEnded());
    for (const worker of dead) house.workers.splice(house.workers.indexOf(worker), 1);
    house.workers.push(...(await Promise.all(dead.map((one) => house.startWorker().catch(diedAgain(one))))));
  };
  return {
    ...{ house, drop, accepted, newCampaign, begin, relieve },
    /** The next process that comes to this place dies there, or whatever else. */
    arm: (place: CrashPlace | ApiPoint, manner?: Manner) => armCrash(tokens, place, manner),
    /** Each worker that claims a step of this run dies of it, or hangs. */
    poison: (runId: string, poison?: Poison) => armPoison(tokens, runId, poison),
    /** Those that stopped or were blocked at a point, one after the other. */
    held: () => held().map((line) => ({ point: line.split(' ')[0] ?? '', pid: Number(line.split(' ')[1]) })),
    disarm: (point: CrashPoint) => disarmCrash(tokens, point),
    /** Waits until so many workers have died at their points since the house was opened. */
    untilDied: (times: number) =>
      waitFor(() => deaths().length >= times, { timeoutMs: 30_000, everyMs: 20, what: `${times} workers to die` }),
    deaths,
    /** Holds all that was accepted so far against the invariants, and looks for leaks; adds it to the totals. */
    check: async ({ kills = deaths().length } = {}): Promise<Outcome> => {
      const outcome = await checkRuns({ db: house.db, accepted, drop, phonesOf: phonesOf(house) });
      noteTotals({ ...outcome, kills });
      const leaks = (await findLeaks(house)).map((place) => `I7: ${place} holds what is secret or personal`);
      return { ...outcome, faults: [...outcome.faults, ...leaks] };
    },
    close: () => house.close(),
  };
}

function readLines(file: string) {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}

/** One that dies of its first job, before it has said that it is up, is relieved the next time. */
function diedAgain<Worker>(dead: Worker) {
  return (error: unknown): Worker => {
    if (error instanceof Error && error.message.includes('did not start')) return dead;
    throw error;
  };
}
