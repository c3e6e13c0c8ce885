import { randomUUID } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Link, type LostReply } from '@muster/testing/startLink';
import { waitFor } from '@muster/testing/waitFor';
import { answerWith, trickJob } from '../../tools/redash/faults.ts';
import { proxyError } from '../../tools/redash/reply.ts';
import { allBorrowers, createCampaign, startRun, untilRun } from '../e2e/campaignRuns.ts';
import { type HeldRun, holdInQuery, ordinary } from '../e2e/heldRuns.ts';
import { scheduleSoon } from '../e2e/scheduleSoon.ts';
import { type SftpDrop } from '../e2e/sftpDrop.ts';
import { type MusterProcess } from '../e2e/startProcess.ts';
import { type FaultHouse, openFaultHouse } from './faultHouse.ts';
import { endsOf } from './heldEverywhere.ts';
import { commitAfter, saidAs, writesIn, writesToPostgres, writesToRedis } from './lostReplies.ts';
import { isWhole, repeats } from './totals.ts';

const OPENING_MS = 120_000;
const STRUCK_MS = 90_000;
const LONG_MS = 300_000;
const RUNS = 6;
const AT_ONCE = 12;
const HALF_BYTES = 60_000;
const HELD_MS = 2_000; // long enough for heartbeats, and for a job's lock to be renewed
const MOST = 0.75;
const wanted = repeats({ whole: 10, bounded: 1 });
const whole = isWhole ? describe : describe.skip;

let faulty: FaultHouse;
const stopped: MusterProcess[] = []; // on purpose
beforeAll(async () => void (faulty = await openFaultHouse({ backend: 'redis' })), OPENING_MS);
afterAll(async () => faulty.close(), OPENING_MS);

describe('of all that a run writes, done, and its answer lost,', () => {
  it(
    'to PostgreSQL: each run ends once, and each request is one run',
    async () => {
      for (const repeat of wanted) {
        const link = faulty.house.links!.database;
        const { left } = await expectNothingLost(link, writesToPostgres);
        expect({ repeat, left }).toEqual({ repeat, left: [] });
      }
    },
    LONG_MS * wanted.length,
  );

  it(
    'to Redis: each run ends once',
    async () => {
      const { house, newCampaign } = faulty;
      for (const repeat of wanted) {
        const campaignId = await newCampaign();
        const schedule = () => house.api.call('PUT', `/campaigns/${campaignId}`, { schedule: 'P P * * *' });
        const { left } = await expectNothingLost(house.links!.redis!, writesToRedis, { meanwhile: schedule });
        expect({ repeat, left }).toEqual({ repeat, left: [] });
      }
    },
    LONG_MS * wanted.length,
  );

  const requests = ['OPEN', 'WRITE', 'CLOSE', 'STAT', 'RENAME', 'REMOVE'];
  it(
    `to SFTP (${requests.join(', ')}): each file is delivered once`,
    async () => {
      for (const repeat of wanted) {
        const lost = await Promise.all(requests.map(async (request) => [request, await loseAnswer(request)] as const));
        const held = Object.fromEntries(lost);
        const ends = Object.fromEntries(requests.map((request) => [request, 'succeeded']));
        expect({ repeat, ...(await endsOf(faulty.house, held)) }).toEqual({ repeat, ends, faults: [] });
      }
    },
    LONG_MS * wanted.length,
  );
});

it(
  'a step that a stopping worker gives back, and nobody hears of it, goes on',
  async () => {
    const { house } = faulty;
    const link = house.links!.database;
    const held = await holdInQuery(house);
    const given = /update run_step set status = 'pending', lease_until = null, ring = ring \+ 1/;
    link.faults.losesReplyTo = [given];
    const worker = await holderOf(held);
    expect(await worker.stop()).toBe(0);
    stopped.push(worker);
    house.workers.splice(house.workers.indexOf(worker), 1, await house.startWorker());
    await held.letGo();

    expect(link.faults.losesReplyTo).toEqual([]);
    expect(await endsOf(house, { query: held })).toEqual({ ends: { query: 'succeeded' }, faults: [] });
  },
  LONG_MS,
);

it(
  'a cancel whose answer is lost is asked for again, and ends the run as canceled',
  async () => {
    const { house } = faulty;
    const held = await holdInQuery(house);
    house.links!.database.faults.losesReplyTo = [[/cancel_asked_at = /, /^Q[^]{4}commit/i]];
    const ask = () => house.api.call('POST', `${held.path}/cancel`);
    const first = await ask();
    const second = await ask();
    await held.letGo();

    expect({ first: first.status, second: second.status < 300 }).toEqual({ first: 503, second: true });
    expect((await untilRun(house, held.path)).status).toBe('canceled');
  },
  LONG_MS,
);

whole('at length:', () => {
  it('each statement that a run says, found by listening, and the commit after it: nothing is lost or doubled', async () => {
    const link = faulty.house.links!.database;
    const [first, second] = [await listenToRun(), await listenToRun()];
    const found = first.filter((text) => second.includes(text)); // the others are said once a minute, whoever runs
    expect(found.length).toBeGreaterThan(20);
    const lostBefore = link.faults.lost ?? 0;
    const missed: string[] = [];
    for (let at = 0; at < found.length; at += AT_ONCE) {
      const some = found.slice(at, at + AT_ONCE);
      const replies = some.flatMap((text) => [
        [text, saidAs(text)] as const,
        [`commit of ${text}`, commitAfter(text)] as const,
      ]);
      const { left } = await expectNothingLost(link, Object.fromEntries(replies), { mayMiss: true });
      missed.push(...left);
    }
    const armed = 2 * found.length;
    const lost = (link.faults.lost ?? 0) - lostBefore;
    console.log(`${lost} of ${armed} answers were lost; nobody waited for those to: ${missed.join('; ')}`);
    expect({ missed, wereMost: lost > MOST * armed }).toEqual({ missed, wereMost: true });
  }, 3_600_000);
});

/** The writes that are heard while a run goes from its start to its end. */
async function listenToRun() {
  const { faults } = faulty.house.links!.database;
  const said: string[] = [];
  const campaignId = await faulty.newCampaign();
  faults.hears = (text) => said.push(text);
  await untilRun(faulty.house, await faulty.begin(campaignId));
  delete faults.hears;
  return writesIn(said);
}

whole('at length:', () => {
  it(
    'a slot whose commit got no answer is one run',
    async () => {
      const { house, drop, accepted } = faulty;
      const link = house.links!.database;
      const campaignId = await scheduleSoon(house, { sftp: drop.settings });
      link.faults.losesReplyTo = [commitAfter('insert into campaign_slot')];
      const runs = async () => {
        const found = await house.db.query<{ id: string }>(
          'select id from run where campaign_id = $1 and trigger = $2',
          [campaignId, 'schedule'],
        );
        return found.length > 0 ? found : undefined;
      };
      const [run, ...others] = await waitFor(runs, { timeoutMs: 150_000, everyMs: 200, what: 'the slot' });
      accepted.push(run?.id ?? '');

      expect(others).toEqual([]);
      expect(link.faults.losesReplyTo).toEqual([]);
      expect((await untilRun(house, `/campaigns/${campaignId}/runs/${run?.id ?? ''}`)).status).toBe('succeeded');
    },
    LONG_MS,
  );
});

it('no process ended, no invariant is broken, and nothing secret or personal lies where it must not', async () => {
  const { house } = faulty;
  const { faults } = await faulty.check();

  const ended = [...house.processes, ...house.workers].filter((one) => one.hasEnded() && !stopped.includes(one));
  expect(ended.map(({ name }) => name)).toEqual([]);
  expect(faults).toEqual([]);
});

/**
 * Loses the answers to all these, each once, while runs are begun, held for a while and end; begins more until each was
 * lost. Gives those that nobody said.
 */
async function expectNothingLost(
  link: Link,
  replies: Record<string, LostReply>,
  { mayMiss = false, meanwhile = async () => {} }: { mayMiss?: boolean; meanwhile?: () => Promise<unknown> } = {},
) {
  const { house, accepted } = faulty;
  let armed = Object.values(replies);
  const left = () => Object.keys(replies).filter((name) => armed.includes(replies[name]!));
  const fromMs = performance.now();
  do {
    const campaigns = await Promise.all(Array.from({ length: RUNS }, () => ofOwnQuery()));
    link.faults.losesReplyTo = armed;
    await meanwhile();
    const begun = await Promise.all(campaigns.map((campaign) => expectOneRun(campaign)));
    accepted.push(...begun.map((path) => path.split('/').at(-1) ?? ''));
    for (const path of begun) {
      const { status, error } = await untilRun(house, path);
      expect({ path, status, error }).toEqual({ path, status: 'succeeded', error: null });
    }
    armed = link.faults.losesReplyTo; // whoever makes the next campaigns hears all answers
    link.faults.losesReplyTo = [];
  } while (!mayMiss && left().length > 0 && performance.now() - fromMs < STRUCK_MS);
  return { left: left() };
}

/** Starts a run as a client does that wants an answer: with one key, until there is one. Redash fails it once, and lets it wait. */
async function expectOneRun({ campaignId, queryPath }: Awaited<ReturnType<typeof ofOwnQuery>>): Promise<string> {
  const { house } = faulty;
  house.redash.plan(answerWith(proxyError(502)), { path: queryPath });
  const endsAfter = pause(HELD_MS);
  house.redash.plan(trickJob({ endsAfter }), { method: 'POST', path: queryPath });
  const key = randomUUID();
  const ask = async () => {
    const response = await fetch(`${house.url}/api/campaigns/${campaignId}/runs`, {
      method: 'POST',
      headers: { 'X-API-KEY': house.apiKey, 'Content-Type': 'application/json', 'Idempotency-Key': key },
      body: '{}',
    });
    const { id } = (await response.json()) as { id?: string };
    return response.ok ? id : undefined;
  };
  const id = await waitFor(ask, { timeoutMs: 30_000, everyMs: 100, what: 'a run to be accepted' });
  const runs = await house.db.query('select from run where campaign_id = $1', [campaignId]);
  expect(runs).toHaveLength(1);
  return `/campaigns/${campaignId}/runs/${id}`;
}

/** A campaign of the common drop, with a query of its own. */
async function ofOwnQuery() {
  const { house, drop } = faulty;
  const query = house.saveQuery(allBorrowers);
  const campaignId = await createCampaign(house, { sftp: drop.settings, ...query });
  return { campaignId, queryPath: new RegExp(`${new URL(query.redashQueryUrl).pathname}/`) };
}

/** The worker that works on a held run. */
async function holderOf({ path }: HeldRun) {
  const runId = path.split('/').at(-1);
  for (const worker of faulty.house.workers) {
    if ((await worker.lines()).some((line) => line.event === 'step.started' && line.runId === runId)) return worker;
  }
  throw new Error(`nobody works on ${path}`);
}

/** Begins a run whose SFTP server does what one request asks, loses the answer, and then the line. */
async function loseAnswer(request: string): Promise<HeldRun> {
  const { drop, campaignId } = await ordinary(faulty.house);
  if (request === 'REMOVE')
    drop.faults.cutAfterBytes = HALF_BYTES; // for something to remove
  else drop.faults.losesReplyTo = [request];
  const path = await startRun(faulty.house, campaignId);
  if (request === 'REMOVE') {
    await waitFor(async () => (await longestIn(drop)) >= HALF_BYTES, { timeoutMs: 60_000, what: 'half of the file' });
    delete drop.faults.cutAfterBytes;
    drop.faults.losesReplyTo = [request];
  }
  const isDone = async () =>
    request === 'WRITE' ? (await longestIn(drop)) > 0 : drop.log.some((line) => line.split(' ')[0] === request);
  await waitFor(isDone, { timeoutMs: 60_000, everyMs: 5, what: `the SFTP server to do ${request}` });
  delete drop.faults.losesReplyTo;
  drop.cutAll();
  return { path, drop, letGo: async () => undefined };
}

async function longestIn({ directory }: SftpDrop) {
  const names = await readdir(directory);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(directory, name))).size));
  return Math.max(0, ...sizes);
}
