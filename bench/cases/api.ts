import { TemporaryFailure } from '@muster/core/errors';
import { waitFor } from '@muster/testing/waitFor';
import { startProcess } from '../../test/e2e/startProcess.ts';
import { percentile } from '../../test/faults/figures.ts';
import { stopList } from '../../tools/demo/stopList.ts';
import { type Bench, type Case } from '../bench.ts';
import { type Company } from '../borrowers.ts';
import { type Figure, withUnit } from '../figure.ts';
import { type House, inHouse } from '../house.ts';
import { insertCampaigns } from '../insertCampaigns.ts';
import { loadHttp, requestsTo } from '../loadHttp.ts';
import { inTurns, median, ratioOf } from '../rounds.ts';

const NAME = 'api';
const WANTED = { whole: 0.6, quick: 0.2, p99Ms: 100 };
const MOST_PER_SECOND = 2_000; // more than any side answers: each start of a run needs a campaign of its own
const LOOKED_AT = 200;
/** One key makes all requests, which no operator would let it. */
const NO_LIMITS = { RATE_LIMIT_PER_MINUTE: '0', COMPANY_RATE_LIMIT_PER_MINUTE: '0', RUN_STARTS_PER_MINUTE: '0' };

/** Starting a run and looking at one, against bare Express with the same statements. */
export const api: Case = { name: NAME, isQuick: true, measure };

interface Scene {
  house: House;
  company: Company;
  campaignIds: string[];
  /** Of bare Express. */
  peerUrl: string;
}

async function measure(bench: Bench): Promise<Figure[]> {
  const started = stopList();
  const options = { name: NAME, counts: { worker: 0, scheduler: 0 }, settings: NO_LIMITS };
  return inHouse(bench, options, async (house) => {
    try {
      const company = await house.addCompany();
      const count = Math.ceil(bench.sizes.api.seconds * MOST_PER_SECOND);
      const campaignIds = await insertCampaigns(house, company, { count, queryId: 1 });
      await house.db.execute('analyze');
      const process = await startProcess({
        ...{ app: 'api', main: 'bench/peers/dist/bareExpress.js', name: 'express', logs: house.directory },
        env: { DATABASE_URL: house.databaseUrl, COMPANY: company.companyId, NODE_ENV: 'production' },
        onSpawn: started.add,
      });
      const peerUrl = (await process.line('process.started')).url ?? '';
      const scene = { house, company, campaignIds, peerUrl };
      return [...(await measureStarts(scene)), ...(await measureLooks(scene))];
    } finally {
      await started.stopAll();
    }
  });
}

function measureStarts(scene: Scene) {
  return hold(scene, 'POST', {
    what: 'POST …/runs, requests per second by bare Express',
    paths: () => scene.campaignIds.map((id) => `/api/campaigns/${id}/runs`),
    after: () => removeRuns(scene.house),
  });
}

/** What the API does after its answers (granting places) may still be at it, and stand in the way of both. */
async function removeRuns({ db }: House) {
  const isRemoved = async () => {
    try {
      await db.execute('truncate run cascade');
      return true;
    } catch (error) {
      if (error instanceof TemporaryFailure) return false;
      throw error;
    }
  };
  await waitFor(isRemoved, { what: 'the runs to be removed' });
}

async function measureLooks(scene: Scene) {
  const { house, company, campaignIds } = scene;
  const paths = campaignIds.slice(0, LOOKED_AT).map((id) => `/api/campaigns/${id}/runs`);
  const requests = requestsTo(paths, { method: 'POST', apiKey: company.apiKey });
  await loadHttp({ url: house.url, requests, clients: 4, seconds: Infinity });
  const runs = await house.db.query<{ path: string }>(
    `select '/api/campaigns/' || campaign_id || '/runs/' || id as path from run`,
  );
  return hold(scene, 'GET', {
    what: 'GET …/runs/{id}, requests per second by bare Express',
    paths: () => forEver(runs.map(({ path }) => path)),
    after: async () => undefined,
  });
}

interface Held {
  what: string;
  paths: () => Iterable<string>;
  after: () => Promise<void>;
}

async function hold({ house, company, peerUrl }: Scene, method: 'GET' | 'POST', { what, paths, after }: Held) {
  const { sizes, quick } = house.bench;
  const latencies: number[] = [];
  const side = (url: string, note: (latenciesMs: number[]) => void) => async (round: number) => {
    const requests = requestsTo(paths(), { method, apiKey: company.apiKey });
    const loaded = await loadHttp({ url, requests, ...sizes.api });
    if (round >= sizes.warmUps) note(loaded.latenciesMs);
    await after();
    return loaded.perSecond;
  };
  const samples = await inTurns(
    {
      ours: side(house.url, (latenciesMs) => void latencies.push(...latenciesMs)),
      express: side(peerUrl, () => undefined),
    },
    sizes,
  );
  const rate: Figure = {
    ...{ case: NAME, what, samples, unit: 'x', value: ratioOf(samples.ours, samples.express) },
    ...{ ours: withUnit(median(samples.ours), '/s'), peer: withUnit(median(samples.express), '/s') },
    wanted: { atLeast: quick ? WANTED.quick : WANTED.whole },
  };
  if (quick) return [rate];
  const p99 = percentile(latencies, 0.99);
  const slowest: Figure = {
    ...{ case: NAME, what: `${what.split(',')[0] ?? ''}, p99`, ours: withUnit(p99, 'ms'), peer: '', value: p99 },
    ...{ unit: 'ms', wanted: { atMost: WANTED.p99Ms } },
    samples: { p50: [percentile(latencies, 0.5)], p99: [p99], max: [percentile(latencies, 1)] },
  };
  return [rate, slowest];
}

function* forEver(paths: readonly string[]): Generator<string> {
  for (;;) yield* paths;
}
