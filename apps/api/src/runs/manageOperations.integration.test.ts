import { randomUUID } from 'node:crypto';
import { runStore } from '@muster/db/runStore';
import { type Claim, type Runs } from '@muster/pipeline/runs';
import { type ApiBench, apiBench, type Call } from '@muster/testing/apiBench';
import { insertCampaign, insertRow } from '@muster/testing/factories';
import { FakeTaskBell } from '@muster/testing/fakeTaskBell';
import { waitFor } from '@muster/testing/waitFor';
import { createApi } from '../createApi.ts';

let bench: ApiBench;
let runs: Runs;
const bell = new FakeTaskBell();
beforeAll(async () => {
  bench = await apiBench((deps) => createApi({ ...deps, onTaskAccepted: (queue, id) => bell.ringTask(queue, id) }));
  runs = runStore(bench.db, { leaseMs: 60_000 });
});
afterAll(() => bench.close());

/** A run of a new campaign, and what is asked of it. */
async function newRun(body?: object) {
  const campaign = await insertCampaign(bench.db, { companyId: bench.own.id });
  const { json } = await bench.call('POST', `/api/campaigns/${campaign}/runs`, { ...(body && { body }) });
  const id = String(json['id']);
  const path = `/api/campaigns/${campaign}/runs/${id}`;
  const ask = (what: string, options: Call = {}) => bench.call('POST', `${path}/${what}`, options);
  const resolve = (body: unknown, options: Call = {}) =>
    ask('deliveries/contacts_output.csv/resolve', { body, ...options });
  /** Its log; empty where it has none. */
  const log = async () => {
    const { status, text } = await bench.call('GET', `${path}/files?file=log.txt`);
    return status === 200 ? text : '';
  };
  return { campaign, id, path, ask, resolve, log };
}

/** The same, failed in its first step. */
async function failedRun(code = 'queryGone') {
  const run = await newRun();
  const query = (await runs.claim({ runId: run.id, step: 'query' }, false)) as Claim;
  await runs.endRun(query, 'failed', { code, message: 'Told' });
  return run;
}

/** The same, with a delivery in doubt. */
async function doubtfulRun() {
  const run = await failedRun('deliveryUnknown');
  await insertRow(bench.db, 'delivery', {
    ...{ runId: run.id, file: 'contacts_output.csv', try: 1, generation: 1, state: 'unknown' },
    ...{ remoteName: 'a.csv', temporaryName: 't', sizeBytes: 1, sha256: 'a' },
  });
  return run;
}

const delivered = { as: 'delivered', note: 'Seen in the dialer' };
const accepted = () => bench.accepted.splice(0);

describe('canceling', () => {
  it('ends a run that nobody works on, and gives its place to the next', async () => {
    const { ask, path } = await newRun();
    accepted();

    const answer = await ask('cancel');

    expect(answer).toMatchObject({ status: 200, json: { object: 'campaignRun', status: 'canceled', error: null } });
    expect((await bench.call('GET', path)).json).toMatchObject({ status: 'canceled', error: null });
    expect(accepted()).toEqual([bench.own.id]);
  });

  it('seals the log of a run that it ends', async () => {
    const { ask, log } = await newRun();
    await ask('cancel');
    expect(await waitFor(log)).toMatch(/cancel\.asked\n.*run\.canceled\n$/);
  });

  it('rings for the task that keeps what the run has decided', async () => {
    const { id, ask } = await newRun();
    await insertRow(bench.db, 'file', {
      ...{ companyId: bench.own.id, runId: id, generation: 1, name: 'matches.csv', internal: true },
      ...{ key: `k/${id}`, sizeBytes: 3, sha256: 'ab' },
    });

    await ask('cancel');

    const tasks = await bench.db.query<{ id: string }>(`select id from task where input ->> 'runId' = $1`, [id]);
    expect(tasks).toHaveLength(1);
    expect(await waitFor(() => Promise.resolve(bell.rings.length > 0 && bell.rings))).toEqual([tasks[0]?.id]);
  });

  it('ends a run of an outside worker', async () => {
    const { ask } = await newRun({ worker: 'external' });
    expect(await ask('cancel')).toMatchObject({ status: 200, json: { status: 'canceled' } });
  });

  it('tells the worker that holds a run, and shows since when', async () => {
    const { id, ask } = await newRun();
    const held = (await runs.claim({ runId: id, step: 'query' }, false)) as Claim;

    const { status, json } = await ask('cancel');

    expect([status, json['status'], typeof json['cancelAskedAt']]).toEqual([200, 'running', 'string']);
    expect(await runs.renew(held)).toBe('cancelAsked');
  });

  it('may be asked again, with a key and without, and is then the same', async () => {
    const { ask } = await newRun();
    const headers = { 'Idempotency-Key': randomUUID() };
    const first = await ask('cancel', { headers });
    const replayed = await ask('cancel', { headers });
    expect(replayed).toMatchObject({ status: 200, text: first.text });
    expect(replayed.headers.get('idempotency-replayed')).toBe('true');
    expect(await ask('cancel')).toMatchObject({ status: 200, json: { status: 'canceled' } });
  });

  it('is refused for what is over', async () => {
    const { ask } = await failedRun();
    expect(await ask('cancel')).toMatchObject({ status: 409, json: { code: 'runEnded' } });
  });

  it('is what a second start is told of', async () => {
    const { campaign } = await newRun();
    const { json } = await bench.call('POST', `/api/campaigns/${campaign}/runs`);
    expect(json['message']).toMatch(/cancel it$/);
  });
});

it('finds a run under its own campaign only', async () => {
  const [run, other] = [await doubtfulRun(), await newRun()];
  const path = `/api/campaigns/${other.campaign}/runs/${run.id}`;
  const answers = [
    await bench.call('POST', `${path}/cancel`),
    await bench.call('POST', `${path}/retry`),
    await bench.call('POST', `${path}/deliveries/contacts_output.csv/resolve`, { body: delivered }),
  ];
  expect(answers.map(({ status, json }) => [status, json['code']])).toEqual(Array(3).fill([404, 'runNotFound']));
});

describe('a retry', () => {
  it('reopens a failed run, and rings for it', async () => {
    const { ask, id } = await failedRun();
    accepted();

    const answer = await ask('retry');

    expect(answer).toMatchObject({ status: 200, json: { id, status: 'pending', error: null, finishedAt: null } });
    expect(accepted()).toEqual([bench.own.id]);
    expect(await ask('retry')).toMatchObject({ status: 409, json: { code: 'notRetriable' } });
  });

  it('is had once by twins with one key', async () => {
    const { ask, id } = await failedRun();
    const headers = { 'Idempotency-Key': randomUUID() };

    const answers = await Promise.all([ask('retry', { headers }), ask('retry', { headers })]);

    expect(answers.map(({ status, text }) => ({ status, text }))).toEqual(
      Array(2).fill({ status: 200, text: answers[0].text }),
    );
    expect(await bench.db.query('select 1 from run_action where run_id = $1', [id])).toHaveLength(1);
  });

  it('names the run that is in its way, and keeps that answer for its key', async () => {
    const { ask, campaign } = await failedRun();
    const { json } = await bench.call('POST', `/api/campaigns/${campaign}/runs`);
    const headers = { 'Idempotency-Key': randomUUID() };
    const refusal = { status: 409, json: { code: 'runActive', details: { runId: json['id'] } } };
    expect(await ask('retry', { headers })).toMatchObject(refusal);
    expect(await ask('retry', { headers })).toMatchObject(refusal);
  });

  it('is not for runs of outside workers', async () => {
    const { ask, id } = await newRun({ worker: 'external' });
    await bench.db.execute(`update run set status = 'failed' where id = $1`, [id]);
    expect(await ask('retry')).toMatchObject({ status: 409, json: { code: 'notRetriable' } });
  });

  it('is refused once the query\u2019s result is older than the operator lets it be', async () => {
    const strict = await apiBench(createApi, { retryWithinMs: 1_000 } as object);
    try {
      const campaign = await insertCampaign(strict.db, { companyId: strict.own.id });
      const { json } = await strict.call('POST', `/api/campaigns/${campaign}/runs`);
      await strict.db.execute(`update run set status = 'failed' where id = $1`, [json['id']]);
      await strict.db.execute(
        `update run_step set status = 'succeeded', finished_at = now() - interval '2 s' where run_id = $1 and name = 'query'`,
        [json['id']],
      );
      const answer = await strict.call('POST', `/api/campaigns/${campaign}/runs/${String(json['id'])}/retry`);
      expect(answer).toMatchObject({ status: 409, json: { code: 'queryResultTooOld' } });
    } finally {
      await strict.close();
    }
  });
});

describe('a delivery in doubt', () => {
  it('is resolved as delivered, and the run goes on', async () => {
    const { resolve, id } = await doubtfulRun();
    accepted();

    expect(await resolve(delivered)).toMatchObject({
      status: 200,
      json: { status: 'pending', error: null, deliveries: [{ file: 'contacts_output.csv', state: 'delivered' }] },
    });

    expect(accepted()).toEqual([bench.own.id]);
    expect(await bench.db.query('select note from run_action where run_id = $1', [id])).toEqual([
      { note: 'Seen in the dialer' },
    ]);
    expect(await resolve(delivered)).toMatchObject({ status: 409, json: { code: 'deliveryNotUnknown' } });
  });

  it('is resolved as not delivered, after which the run may be retried', async () => {
    const { resolve, ask } = await doubtfulRun();
    expect(await ask('retry')).toMatchObject({ status: 409, json: { code: 'deliveryUnknown' } });

    expect(await resolve({ ...delivered, as: 'notDelivered' })).toMatchObject({
      status: 200,
      json: { status: 'failed', error: { code: 'notDelivered' }, deliveries: [{ state: 'failed' }] },
    });

    expect(await ask('retry')).toMatchObject({ status: 200 });
  });

  it('shows who has said what of it, and how it is known, of the try that it is about', async () => {
    const { resolve, ask, id, path } = await doubtfulRun();
    const resolution = async () => {
      const [delivery] = (await bench.call('GET', path)).json['deliveries'] as { resolution: unknown }[];
      return delivery?.resolution;
    };
    expect(await resolution()).toBeNull();
    const key = bench.own.keys.operator;

    await resolve({ as: 'notDelivered', note: 'Asked the vendor' }, { key });

    const said = { try: 1, as: 'notDelivered', note: 'Asked the vendor', key: key.split('_')[1] };
    expect(await resolution()).toEqual({ ...said, at: expect.any(String) as string });
    await ask('retry');
    expect(await resolution()).toMatchObject(said);
    await insertRow(bench.db, 'delivery', {
      ...{ runId: id, file: 'contacts_output.csv', try: 2, generation: 1, state: 'unknown' },
      ...{ remoteName: 'a.csv', temporaryName: 't2', sizeBytes: 1, sha256: 'a' },
    });
    expect(await resolution()).toBeNull(); // nobody has said anything of this try
    expect((await bench.call('GET', path)).json['attention']).toMatchObject({
      events: expect.arrayContaining([
        expect.objectContaining({ event: 'delivery.resolved', code: 'notDelivered' }),
      ]) as unknown,
    });
    await bench.db.execute(`update run set status = 'failed' where id = $1`, [id]);
    await resolve(delivered);
    expect(await resolution()).toMatchObject({ ...delivered, try: 2 });
  });

  it('is told of in a log that is sealed anew', async () => {
    const { resolve, log } = await doubtfulRun();
    await resolve({ ...delivered, as: 'notDelivered' });
    expect(await waitFor(log)).toMatch(/delivery\.resolved .*as="notDelivered"/);
  });

  it.each([
    [undefined, [' required']],
    [{}, ['as required', 'note required']],
    [{ as: 'sent', note: 'x' }, ['as notAllowed']],
    [{ as: 'delivered', note: '' }, ['note wrongLength']],
    [{ as: 'delivered', note: '  ' }, ['note wrongForm']],
    [{ as: 'delivered', note: 'x'.repeat(1_001) }, ['note wrongLength']],
    [{ ...delivered, file: 'x' }, ['file unknownField']],
  ])('is not resolved by %j', async (body, faults) => {
    const { resolve } = await doubtfulRun();
    expect(await resolve(body)).toMatchObject({ status: 400, faults });
  });

  it('is not found under another name', async () => {
    const { ask } = await doubtfulRun();
    const answer = await ask('deliveries/log.txt/resolve', { body: delivered });
    expect(answer).toMatchObject({ status: 404, json: { code: 'deliveryNotFound' } });
  });
});

it('needs more than to be allowed to look', async () => {
  const run = await doubtfulRun();
  const key = bench.own.keys.viewer;
  for (const answer of [
    await run.ask('cancel', { key }),
    await run.ask('retry', { key }),
    await run.resolve(delivered, { key }),
  ])
    expect(answer).toMatchObject({ status: 403, json: { code: 'forbidden' } });
  expect(await run.resolve(delivered, { key: bench.own.keys.operator })).toMatchObject({ status: 200 });
});

describe('the runs of all campaigns', () => {
  const list = async (query: string) => (await bench.call('GET', `/api/runs?limit=100&${query}`)).list;

  it('are listed newest first, by status, and page by page', async () => {
    const [older, newer] = [await newRun(), await newRun()];
    const ids = (await list('status=pending')).map(({ id }) => id);
    expect(ids.indexOf(newer.id)).toBeLessThan(ids.indexOf(older.id));
    expect(ids).toContain(older.id);

    const page = await bench.call('GET', `/api/runs?limit=1&startingAfter=${newer.id}`, { key: bench.own.keys.viewer });
    expect(page.list.map(({ id }) => id)).toEqual([older.id]);
    expect(page.json).toMatchObject({ status: 200, count: 1 });
    expect((await list('status=succeeded')).length).toBe(0);
  });

  it('are shown that need a person, for the reasons asked for', async () => {
    const other = await failedRun();
    const [parked, unknown] = [await failedRun('parked'), await doubtfulRun()];
    const found = async (query: string) => {
      const ids = (await list(query)).map(({ id }) => id);
      return [parked, unknown, other].map(({ id }) => ids.includes(id));
    };

    expect(await found('attention=parked')).toEqual([true, false, false]);
    expect(await found('attention=unknown')).toEqual([false, true, false]);
    expect(await found('attention=parked,unknown')).toEqual([true, true, false]);
    expect(await found('status=failed')).toEqual([true, true, true]);
    expect(await found('status=pending&attention=parked')).toEqual([false, false, false]);
    await unknown.resolve(delivered);
    expect(await found('attention=parked,unknown')).toEqual([true, false, false]);
  });

  it.each(['attention=lost', 'attention=parked,', 'attention=', 'status=lost', 'campaign=x'])(
    'are not listed by %s',
    async (query) => {
      expect(await bench.call('GET', `/api/runs?${query}`)).toMatchObject({ status: 400 });
    },
  );
});
