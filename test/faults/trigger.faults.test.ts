import { readdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { stepNames } from '@muster/pipeline/run';
import { openQueues } from '@muster/queue/openQueues';
import { trickJob } from '../../tools/redash/faults.ts';
import {
  allBorrowers,
  createCampaign,
  deliveredBy,
  hasEnded,
  type ShownRun,
  startRun,
  untilHeld,
  untilRun,
} from '../e2e/campaignRuns.ts';
import { holdInExport, holdInReport, ordinary } from '../e2e/heldRuns.ts';
import { whilePaused } from '../e2e/queueStore.ts';
import { type FaultHouse, openFaultHouse } from './faultHouse.ts';
import { untilAllTaken } from './processJobs.ts';

const OPENING_MS = 300_000;
const TEST_MS = 180_000;
const PATIENCE_MS = 500;
const COPIES = 4;
const WAVES = 5;

let faulty: FaultHouse;
beforeAll(async () => {
  const settings = { LEASE_MS: '10000' }; // nothing here is about leases
  faulty = await openFaultHouse({ backend: 'redis', settings });
}, OPENING_MS);
afterAll(async () => faulty.close(), OPENING_MS);

it(
  'E1: a client that gave up waiting asks again, of two APIs at once: one run, the same answer, also when it has ended',
  async () => {
    const { house } = faulty;
    const campaignId = await faulty.newCampaign();
    const other = (await (await house.start('api')).line('api.listening')).url ?? '';
    const ask = (url: string, signal = AbortSignal.timeout(20_000)) =>
      fetch(`${url}/api/campaigns/${campaignId}/runs`, {
        ...{ method: 'POST', body: '{}', signal },
        headers: { 'X-API-KEY': house.apiKey, 'Content-Type': 'application/json', 'Idempotency-Key': 'once' },
      }).then((response) => response.text());
    house.links?.database.freeze();
    await expect(ask(house.url, AbortSignal.timeout(PATIENCE_MS))).rejects.toThrow('aborted due to timeout');
    await house.links?.database.mend();

    const answers = await Promise.all([house.url, other, house.url, other].map((url) => ask(url)));
    const { id } = JSON.parse(answers[0] ?? '') as { id: string };
    faulty.accepted.push(id);
    await untilRun(house, `/campaigns/${campaignId}/runs/${id}`);
    answers.push(await ask(other));

    expect(new Set(answers).size).toBe(1);
    const runs = await house.db.query('select id from run where campaign_id = $1', [campaignId]);
    expect(runs).toEqual([{ id }]);
  },
  TEST_MS,
);

it(
  'E3: jobs that are delivered again under other ids, of all steps, while the run is under way and when it is over, change nothing',
  async () => {
    const { house, drop } = faulty;
    const { redisUrl, databaseUrl, prefix } = house.store;
    const queues = await openQueues({ redisUrl, databaseUrl, prefix, log: { warn: () => undefined } });
    const query = house.saveQuery(allBorrowers);
    let letGo: () => void = () => undefined;
    const endsAfter = new Promise<void>((resolve) => (letGo = resolve));
    const redashPath = new RegExp(`${new URL(query.redashQueryUrl).pathname}/`);
    house.redash.plan(trickJob({ endsAfter }), { method: 'POST', path: redashPath });
    const path = await faulty.begin(await createCampaign(house, { ...query, sftp: drop.settings }));
    const runId = path.split('/').at(-1) ?? '';
    const ringCopies = async (from: number) => {
      for (const step of stepNames)
        for (let copy = 0; copy < COPIES; copy++) await queues.ring({ runId, step, ring: from + copy });
    };
    await untilHeld(house, path, 'query');

    await ringCopies(900);
    letGo();
    for (let wave = 1; wave < WAVES; wave++) {
      await ringCopies(900 + wave * COPIES);
      await pause(100);
    }
    await untilRun(house, path);
    await ringCopies(990);
    await queues.close();
    const taken = await untilAllTaken(house.store, runId);
    const run = await untilRun(house, path);

    expect(Math.min(...Object.values(taken))).toBeGreaterThan(COPIES * (WAVES + 1));
    expect(run.steps.map(({ name, attempts }) => [name, attempts])).toEqual(stepNames.map((name) => [name, 1]));
    expect((await deliveredBy(drop, run)).renames).toBe(1);
    const starts = house.redash.requests.filter(
      ({ method, path: asked }) => method === 'POST' && redashPath.test(asked) && asked.endsWith('/results'),
    );
    expect(starts).toHaveLength(1);
  },
  TEST_MS,
);

describe('E4: a run that is canceled', () => {
  const cancel = (path: string) => faulty.house.api.call('POST', `${path}/cancel`);
  const wereSucceeded = ({ status }: ShownRun) => status === 'succeeded';

  it('before its first step ends at once, and asks Redash nothing', async () => {
    const { house } = faulty;
    const { campaignId, queryPath, drop } = await ordinary(house);
    const run = await whilePaused(house.store, 'query', async () => {
      const path = await startRun(house, campaignId);
      expect((await cancel(path)).json).toMatchObject({ status: 'canceled' });
      return untilRun(house, path, hasEnded);
    });

    expect(run).toMatchObject({ status: 'canceled', error: null });
    expect(house.redash.requests.filter(({ path }) => queryPath.test(path))).toEqual([]);
    expect(await readdir(drop.directory)).toEqual([]);
  });

  it('in its export stops there, and nothing of it comes to the dialer', async () => {
    const held = await holdInExport(faulty.house);
    expect((await cancel(held.path)).status).toBe(200);

    const run = await untilRun(faulty.house, held.path, hasEnded);
    await held.letGo();

    expect(run).toMatchObject({ status: 'canceled', error: null });
    expect(await readdir(held.drop.directory)).toEqual([]);
  });

  it('in its report, with the contacts delivered, is told that it is too late, and ends well', async () => {
    const held = await holdInReport(faulty.house);

    const answer = await cancel(held.path);
    await held.letGo();
    held.drop.cutAll(); // the answer would be waited for
    const run = await untilRun(faulty.house, held.path, wereSucceeded);

    expect(answer).toMatchObject({ status: 409, json: { code: 'tooLate' } });
    expect((await deliveredBy(held.drop, run)).renames).toBe(1);
  });
});

it('breaks no invariant', async () => {
  const { faults } = await faulty.check();
  expect(faults).toEqual([]);
});
