import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ShownRun, untilRun } from '../e2e/campaignRuns.ts';
import { startProcess } from '../e2e/startProcess.ts';
import { type ApiPoint, apiPoints } from './processes/crashPoints.ts';
import { type FaultHouse, openFaultHouse } from './faultHouse.ts';
import { failedJobs, promoteJob } from './processJobs.ts';
import { repeats } from './totals.ts';

const OPENING_MS = 120_000;
const wanted = repeats({ whole: 10, bounded: 1 });
const TEST_MS = 60_000 * (1 + wanted.length);

let faulty: FaultHouse;
beforeAll(async () => void (faulty = await openFaultHouse({ backend: 'redis' })), OPENING_MS);
afterAll(async () => faulty.close(), OPENING_MS);

describe('A9: an API killed with SIGKILL', () => {
  it(
    `${apiPoints.R1}, has accepted nothing; the caller who asks again gets one run`,
    async () => {
      for (const repeat of wanted) {
        const { campaignId, key, answer } = await killAt('R1');
        expect({ repeat, answer }).toEqual({ repeat, answer: undefined });
        await expect(runsOf(campaignId)).resolves.toEqual([]);

        const { run, replayed } = await start(faulty.house.url, { campaignId, key });
        expect(replayed).toBe(false);
        await expectOne(campaignId, run.id);
      }
    },
    TEST_MS,
  );
});

describe('A8: an API killed with SIGKILL', () => {
  it(
    `${apiPoints.R2}, has begun a run: it goes on, and the caller who asks again gets that one`,
    async () => {
      for (const repeat of wanted) {
        const { campaignId, key, answer } = await killAt('R2');
        expect({ repeat, answer }).toEqual({ repeat, answer: undefined });
        const [begun] = await runsOf(campaignId);

        const { run, replayed } = await start(faulty.house.url, { campaignId, key });
        expect({ id: run.id, replayed }).toEqual({ id: begun, replayed: true });
        await expectOne(campaignId, run.id);
      }
    },
    TEST_MS,
  );

  it(
    `${apiPoints.R3}, has begun a run that nobody was told about: it goes on`,
    async () => {
      for (const _ of wanted) {
        const { campaignId } = await killAt('R3');
        const [begun = ''] = await runsOf(campaignId);
        await expectOne(campaignId, begun);
      }
    },
    TEST_MS,
  );
});

describe('A10: two builds on one queue, while the new one is rolled out', () => {
  const hooks = pathToFileURL(join(import.meta.dirname, 'nextVersion.mjs')).href;
  const next = { NODE_OPTIONS: `--import=${hooks}` };
  let ofNext: string;
  let ofOld: string;
  beforeAll(async () => {
    const api = await faulty.house.start('api', next);
    const url = (await api.line('api.listening')).url ?? '';
    const campaignId = await faulty.newCampaign();
    const { run } = await start(url, { campaignId, key: randomUUID() });
    faulty.accepted.push(run.id);
    ofNext = `/campaigns/${campaignId}/runs/${run.id}`;
    ofOld = await faulty.begin();
  }, OPENING_MS);

  it('the workers of the old one go on with what is theirs', async () => {
    await expect(untilRun(faulty.house, ofOld, succeeded)).resolves.toMatchObject({ error: null });
  });

  it('and leave what is not to the new one, untried, which ends it once they have gone', async () => {
    const { house } = faulty;
    const runId = ofNext.split('/').at(-1) ?? '';
    const old = house.workers.splice(0);
    house.workers.push(await house.startWorker(next));
    const codes = await Promise.all(old.map((worker) => worker.stop()));
    const { attemptsMade } = await promoteJob(house.store, 'query', runId);
    const run = await untilRun(house, ofNext, succeeded);

    expect({ codes, attemptsMade }).toEqual({ codes: [0, 0], attemptsMade: 0 });
    expect(run.steps.map(({ attempts }) => attempts)).toEqual(run.steps.map(() => 1));
    await expect(failedJobs(house.store)).resolves.toEqual([]);
  });
});

it('breaks no invariant', async () => {
  const { faults, failed, parked } = await faulty.check();
  expect({ faults, failed, parked }).toEqual({ faults: [], failed: [], parked: 0 });
});

const succeeded = ({ status }: ShownRun) => status === 'succeeded';

/** Has an API of its own accept a run and die there; what it answered, if it did. */
async function killAt(point: ApiPoint) {
  const { house } = faulty;
  const campaignId = await faulty.newCampaign();
  const api = await startProcess({
    ...{
      app: 'api',
      main: 'test/faults/processes/dist/api.js',
      name: `api-${point}-${campaignId}`,
      onSpawn: house.keep,
    },
    ...{ env: house.env, logs: house.logs },
  });
  const url = (await api.line('api.listening')).url ?? '';
  const key = randomUUID();
  faulty.arm(point);
  const [answer] = await Promise.all([start(url, { campaignId, key }).catch(() => undefined), api.ended()]);
  return { campaignId, key, answer };
}

/** Asks an API for a run. */
async function start(url: string, { campaignId, key }: { campaignId: string; key: string }) {
  const response = await fetch(`${url}/api/campaigns/${campaignId}/runs`, {
    method: 'POST',
    headers: { 'X-API-KEY': faulty.house.apiKey, 'Idempotency-Key': key },
  });
  if (response.status !== 200) throw new Error(`the API answered ${response.status}: ${await response.text()}`);
  return {
    run: (await response.json()) as ShownRun,
    replayed: response.headers.get('idempotency-replayed') === 'true',
  };
}

async function runsOf(campaignId: string) {
  const rows = await faulty.house.db.query<{ id: string }>('select id from run where campaign_id = $1', [campaignId]);
  return rows.map(({ id }) => id);
}

/** The campaign has this run and no other, and it ends well. */
async function expectOne(campaignId: string, runId: string) {
  faulty.accepted.push(runId);
  await untilRun(faulty.house, `/campaigns/${campaignId}/runs/${runId}`, succeeded);
  await expect(runsOf(campaignId)).resolves.toEqual([runId]);
}
