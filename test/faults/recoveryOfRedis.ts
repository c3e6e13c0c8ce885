import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '@muster/testing/waitFor';
import { startRun } from '../e2e/campaignRuns.ts';
import { pauseQueue, removeKeys } from '../e2e/queueStore.ts';
import { scheduleSoon } from '../e2e/scheduleSoon.ts';
import { type Figure } from './figures.ts';
import { type RecoveryHouse, runIdOf } from './recoveryHouse.ts';

const AWAY_MS = 5_000;
const OPEN_RUNS = 8; // fewer than a company has places
const STARTS_A_TIME = 10;
const SLOT_EVERY = 5;
const SLOT_MS = 150_000;

/** Cuts Redis off while a run is begun: how long after its return that run is worked on. */
export async function measureRedis(house: RecoveryHouse, times: number): Promise<Figure[]> {
  const values: number[] = [];
  for (let cut = 0; cut < times; cut++) {
    const campaignId = await house.newCampaign();
    await linkOf(house).cut();
    const path = await startRun(house.house, campaignId);
    await pause(AWAY_MS);
    const backMs = Date.now();
    await linkOf(house).mend();
    const atMs = await house.untilBegun(house.workers, { runId: runIdOf(path) });
    values.push(atMs - backMs);
    await house.untilSucceeded([path]);
  }
  return [{ name: 'Redis back to consuming', unit: 'ms', values, wanted: { max: 10_000 } }];
}

/** Flushes the queue while runs wait in it: how long until all are worked on; and what became of a slot that fell due then. */
export async function measureFlush(house: RecoveryHouse, times: number): Promise<Figure[]> {
  const values: number[] = [];
  const lostSlots: number[] = [];
  for (let flush = 0; flush < times; flush++) {
    const paths = await beginAll(house, await campaignsOf(house, OPEN_RUNS), { waiting: true });
    const slot = flush % SLOT_EVERY === 0 ? await scheduleSoon(house.house, { sftp: house.drop.settings }) : undefined;
    const flushedMs = Date.now();
    await removeKeys(house.store); // and with them, that the queue is paused
    const begun = await Promise.all(paths.map((path) => house.untilBegun(house.workers, { runId: runIdOf(path) })));
    values.push(Math.max(...begun) - flushedMs);
    if (slot !== undefined) lostSlots.push(await missesOf(house, slot));
    await house.untilSucceeded(paths);
  }
  return [
    { name: 'flushed to all open runs rung and begun', unit: 'ms', values, wanted: { max: 45_000 } },
    { name: 'slots lost by it', unit: 'times', values: lostSlots, wanted: { max: 0 } },
  ];
}

/** Has the API accept runs while Redis is away: how long each answer takes. */
export async function measureAcceptance(house: RecoveryHouse, times: number): Promise<Figure[]> {
  const campaigns = await campaignsOf(house, STARTS_A_TIME * times);
  await beginAll(house, campaigns.splice(0, STARTS_A_TIME)); // the first answers are those of a process that has just started
  await linkOf(house).cut();
  const values: number[] = [];
  const ids: string[] = [];
  for (const id of campaigns) {
    const askedMs = performance.now();
    ids.push(runIdOf(await startRun(house.house, id)));
    values.push(performance.now() - askedMs);
  }
  await linkOf(house).mend();
  const stored = await house.db.query('select from run where id = any ($1)', [ids]);
  return [
    { name: 'a run accepted while Redis is away', unit: 'ms', values, wanted: { p99: 250 } },
    { name: 'accepted and not stored', unit: 'times', values: [ids.length - stored.length], wanted: { max: 0 } },
  ];
}

function campaignsOf(house: RecoveryHouse, count: number) {
  return inTurn(Array.from({ length: count }), () => house.newCampaign());
}

/** Starts a run of each campaign; where they shall wait, in a queue that is paused. */
async function beginAll(house: RecoveryHouse, campaigns: string[], { waiting = false } = {}) {
  if (waiting) await pauseQueue(house.store, 'query');
  return inTurn(campaigns, (id) => startRun(house.house, id));
}

async function inTurn<Item, Result>(items: Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

/** Waits for the run of a slot that is due; gives how many slots have none, or one too many. */
async function missesOf({ db }: RecoveryHouse, campaignId: string) {
  const slots = () =>
    db.query<{ runs: number }>('select count(run_id)::int as runs from campaign_slot where campaign_id = $1', [
      campaignId,
    ]);
  const begun = async () => ((await slots())[0]?.runs ?? 0) > 0;
  await waitFor(begun, { timeoutMs: SLOT_MS, everyMs: 200, what: 'the run of a slot' });
  return Math.abs(((await slots())[0]?.runs ?? 0) - 1);
}

function linkOf({ links }: RecoveryHouse) {
  if (!links?.redis) throw new Error('there is no link to Redis');
  return links.redis;
}
