import { setTimeout as pause } from 'node:timers/promises';
import { startRun } from '../e2e/campaignRuns.ts';
import { type Figure } from './figures.ts';
import { type RecoveryHouse } from './recoveryHouse.ts';

const AWAY_MS = 10_000;
const WATCHED_AFTER_MS = 8_000;
const ASK_EVERY_MS = 100;
const SLOW_MS = 5_000;

/** Cuts PostgreSQL off: which processes end of it, what the API says meanwhile, and for how long after. */
export async function measureOutage(house: RecoveryHouse, times: number): Promise<Figure[]> {
  const ends: number[] = [];
  const afterwards: number[] = [];
  const odd: number[] = [];
  for (let cut = 0; cut < times; cut++) {
    const path = await startRun(house.house, await house.newCampaign());
    const watch = watchApi(house);
    const cutMs = Date.now();
    await linkOf(house).cut();
    await pause(AWAY_MS);
    const backMs = Date.now();
    await linkOf(house).mend();
    await pause(WATCHED_AFTER_MS);
    const answers = await watch.end();
    ends.push([...house.processes, ...house.workers].filter((process) => process.hasEnded()).length);
    const wrong = answers.filter(({ status }) => status !== 200);
    afterwards.push(Math.max(0, ...wrong.map(({ atMs }) => atMs - backMs)));
    odd.push(wrong.filter(({ status, atMs }) => status !== 503 || atMs < cutMs).length);
    await house.untilSucceeded([path]);
  }
  return [
    { name: 'processes that have ended', unit: 'times', values: ends, wanted: { max: 0 } },
    { name: 'back to the last error', unit: 'ms', values: afterwards, wanted: { max: SLOW_MS } },
    { name: 'errors but 503, or before it went', unit: 'times', values: odd, wanted: { max: 0 } },
  ];
}

interface Answered {
  status: number;
  askedMs: number;
  atMs: number;
}

/** Asks the API for the campaigns, again and again. */
function watchApi({ api }: RecoveryHouse) {
  const stop = new AbortController();
  const answers: Answered[] = [];
  const ask = async () => {
    const askedMs = Date.now();
    const { status } = await api.call('GET', '/campaigns').catch(() => ({ status: 0 }));
    answers.push({ status, askedMs, atMs: Date.now() });
  };
  const asking = (async () => {
    while (!stop.signal.aborted) await Promise.all([ask(), pause(ASK_EVERY_MS)]);
  })();
  return {
    end: async () => {
      stop.abort();
      await asking;
      return answers;
    },
  };
}

function linkOf({ links }: RecoveryHouse) {
  if (!links) throw new Error('there are no links');
  return links.database;
}
