import { type ApiBench, apiBench, type Call } from '@muster/testing/apiBench';
import { insertCampaign, insertExporter, insertRow } from '@muster/testing/factories';
import { waitFor } from '@muster/testing/waitFor';
import { createApi } from '../createApi.ts';

let bench: ApiBench;
beforeAll(async () => void (bench = await apiBench(createApi)));
afterAll(() => bench.close());

const rows = [{ borrowerId: 1, loanId: 101 }];
const newCampaign = (change: object = {}) => insertCampaign(bench.db, { companyId: bench.own.id, ...change });
const start = (campaign: string, options: Call = {}) => bench.call('POST', `/api/campaigns/${campaign}/runs`, options);
const end = (runId: unknown) => bench.db.execute(`update run set status = 'succeeded' where id = $1`, [runId]);

describe('a run that is started', () => {
  it('is answered bare, at once, before any of its work', async () => {
    const exporter = await insertExporter(bench.db, { companyId: bench.own.id });
    const campaign = await newCampaign({ contactExporterId: exporter });
    const answer = await start(campaign, { headers: { 'X-Request-Id': 'start-1' } });
    expect(answer.status).toBe(200);
    const step = {
      status: 'pending',
      attempts: 0,
      startedAt: null,
      finishedAt: null,
      rowsIn: null,
      rowsOut: null,
      message: null,
    };
    expect(answer.json).toEqual({
      id: expect.stringMatching(/^CR-[2-9A-Z]{4}-[2-9A-Z]{4}$/) as string,
      object: 'campaignRun',
      status: 'pending',
      worker: 'own',
      borrowerCampaignId: campaign,
      availableFiles: [],
      trigger: 'manual',
      scheduledFor: null,
      createdAt: expect.stringMatching(/Z$/) as string,
      updatedAt: expect.any(String) as string,
      cancelAskedAt: null,
      startedAt: null,
      finishedAt: null,
      filesRemovedAt: null,
      queryResultsFileId: null,
      campaignInputFileId: null,
      contactsOutputFileId: null,
      logFileId: null,
      screened: null,
      steps: ['query', 'filter', 'export', 'report'].map((name) => ({
        ...{ name, ...step },
        ...(name === 'query' && { message: 'waits for a place among the runs of its company' }),
      })),
      counts: {},
      deliveries: [],
      error: null,
      actions: ['cancel'],
      attention: null,
      requestId: 'start-1',
    });
    expect((await bench.call('GET', `/api/campaigns/${campaign}/runs/${String(answer.json['id'])}`)).json).toEqual(
      answer.json,
    );
  });

  it('is told to whoever gives places, of which company it is', async () => {
    const before = bench.accepted.length;
    await start(await newCampaign());
    await waitFor(() => bench.accepted.length > before);
    expect(bench.accepted.at(-1)).toBe(bench.own.id);
  });

  it.each([
    ['never answers', () => new Promise<void>(() => undefined)],
    ['fails', () => Promise.reject(new Error('the queue is away'))],
    [
      'throws',
      () => {
        throw new Error('the queue is away');
      },
    ],
  ])('is accepted though the ring %s', async (_, onRunAccepted: () => Promise<void>) => {
    const quiet = await apiBench(createApi, { onRunAccepted });
    try {
      const campaign = await insertCampaign(quiet.db, { companyId: quiet.own.id });
      const answer = await quiet.call('POST', `/api/campaigns/${campaign}/runs`);
      expect(answer).toMatchObject({ status: 200, json: { status: 'pending' } });
    } finally {
      await quiet.close();
    }
  });

  it('keeps the rows that were handed in', async () => {
    const campaign = await newCampaign({ redashQueryUrl: null });
    const { json } = await start(campaign, { body: { queryResultsOverride: rows } });
    expect(await bench.db.query('select rows from run_override where run_id = $1', [json['id']])).toEqual([{ rows }]);
  });

  it('may be named by the external id of its campaign, under both forms of the path', async () => {
    await newCampaign({ externalId: 'by name' });
    const { json } = await start('ext-by%20name');
    const path = `/campaigns/ext-by%20name/runs/${String(json['id'])}`;
    expect(await bench.call('GET', `/api${path}`)).toMatchObject({ status: 200 });
    expect(await bench.call('GET', `/api/companies/${bench.own.id}${path}`)).toMatchObject({ status: 200 });
  });

  it('is refused while another one is under way, naming that one', async () => {
    const campaign = await newCampaign();
    const first = (await start(campaign)).json['id'] as string;
    expect(await start(campaign)).toMatchObject({
      status: 409,
      json: { code: 'runActive', details: { runId: first } },
    });
    await end(first);
    expect(await start(campaign)).toMatchObject({ status: 200 });
  });

  it('is one, of ten that are started at once', async () => {
    const campaign = await newCampaign();
    const statuses = (await Promise.all(Array.from({ length: 10 }, () => start(campaign)))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, ...Array<number>(9).fill(409)]);
  });

  it('is refused where there is neither a query nor rows', async () => {
    const answer = await start(await newCampaign({ redashQueryUrl: null }));
    expect(answer).toMatchObject({ status: 400, faults: ['queryResultsOverride required'] });
  });
});

describe('rows that are handed in', () => {
  it('may be none: the query is not asked in their place', async () => {
    const { status, json } = await start(await newCampaign(), { body: { queryResultsOverride: [] } });
    expect(status).toBe(200);
    const stored = await bench.db.query(
      `select rows, settings ->> 'hasOverride' as "hasOverride"
       from run join run_override on run_id = run.id where run.id = $1`,
      [json['id']],
    );
    expect(stored).toEqual([{ rows: [], hasOverride: 'true' }]);
  });

  it.each([
    ['no list', {}],
    ['a list of lists', [[1]]],
    ['an empty row', [{}]],
    ['nested values', [{ borrowerId: { id: 1 } }]],
    ['a number that was rounded', [{ borrowerId: 2 ** 53 }]],
    ['a NUL', [{ borrowerId: 'a\u0000' }]],
    ['half of a surrogate pair', [{ borrowerId: '\ud800' }]],
    ['a NUL in a name', [{ 'a\u0000': 1 }]],
  ])('are refused when they hold %s', async (_, queryResultsOverride) => {
    const answer = await start(await newCampaign(), { body: { queryResultsOverride } });
    expect(answer).toMatchObject({ status: 400, faults: ['queryResultsOverride isRows'] });
  });

  it('are refused by the number of the first faulty row, and without its content', async () => {
    const answer = await start(await newCampaign(), {
      body: { queryResultsOverride: [...rows, { borrowerId: ['canary'] }] },
    });
    expect(answer.text).toContain('row 2');
    expect(answer.text).not.toContain('canary');
  });

  it('may be 100,000, and not one more', async () => {
    const many = Array.from({ length: 100_000 }, (_, i) => ({ borrowerId: i + 1, loanId: i + 1 }));
    expect(await start(await newCampaign(), { body: { queryResultsOverride: many } })).toMatchObject({ status: 200 });
    const more = await start(await newCampaign(), { body: { queryResultsOverride: [...many, rows[0]] } });
    expect(more).toMatchObject({ status: 400, faults: ['queryResultsOverride isRows'] });
  });
});

it('shows a run that went through: files, steps, deliveries, counts and its error', async () => {
  const campaign = await newCampaign();
  const runId = (await start(campaign)).json['id'] as string;
  const file = (name: string, more: object = {}) =>
    insertRow<{ id: string }>(bench.db, 'file', {
      ...{ companyId: bench.own.id, runId, name, key: `k/${name}`, sizeBytes: 3, sha256: 'ab', ...more },
    });
  await file('query_results.csv');
  const query = await file('query_results.csv', { generation: 2 });
  await file('matches.csv', { internal: true });
  await file('log.txt', { removedAt: new Date() });
  const delivery = {
    runId,
    file: 'contacts_output.csv',
    generation: 1,
    temporaryName: 't',
    sizeBytes: 3,
    sha256: 'ab',
  };
  await insertRow(bench.db, 'delivery', { ...delivery, try: 1, state: 'failed', remoteName: 'a.csv' });
  await insertRow(bench.db, 'delivery', { ...delivery, try: 2, state: 'delivered', remoteName: 'b.csv' });
  await bench.db.execute(
    `update run set status = 'failed', counts = '{"rows": 7}', error_step = 'upload', error_code = 'parked', error_message = 'Told' where id = $1`,
    [runId],
  );
  await bench.db.execute(
    `update run_step set status = 'succeeded', attempt = 2, started_at = '2026-03-08T05:00:00.5Z', rows_out = 7 where run_id = $1 and name = 'query'`,
    [runId],
  );

  const { json } = await bench.call('GET', `/api/campaigns/${campaign}/runs/${runId}`);

  expect(json).toMatchObject({
    status: 'failed',
    availableFiles: ['query_results.csv'],
    queryResultsFileId: query.id,
    logFileId: null,
    counts: { rows: 7 },
    deliveries: [
      {
        ...{ file: 'contacts_output.csv', try: 2, remoteName: 'b.csv', state: 'delivered', sizeBytes: 3, sha256: 'ab' },
        resolution: null,
      },
    ],
    error: { step: 'upload', code: 'parked', message: 'Told' },
  });
  expect((json['steps'] as unknown[])[0]).toMatchObject({
    name: 'query',
    attempts: 2,
    startedAt: '2026-03-08T05:00:00.500Z',
    rowsOut: 7,
  });
});

it('lists the runs of a campaign in the list envelope, newest first, by status', async () => {
  const campaign = await newCampaign();
  const ids: unknown[] = [];
  for (let i = 0; i < 3; i++) {
    const { json } = await start(campaign);
    ids.unshift(json['id']);
    if (i < 2) await end(json['id']);
  }
  const path = `/api/companies/${bench.own.id}/campaigns/${campaign}/runs`;
  const all = await bench.call('GET', path);
  expect(all.json).toMatchObject({ status: 200, total: 3, count: 3, nextUrl: null, previousUrl: null });
  expect(all.list.map(({ id }) => id)).toEqual(ids);
  const done = await bench.call('GET', `${path}?status=succeeded&limit=1`);
  expect(done.json).toMatchObject({
    total: 2,
    count: 1,
    nextUrl: `${path}?status=succeeded&limit=1&startingAfter=${String(ids[1])}`,
  });
  expect(await bench.call('GET', `${path}?status=lost`)).toMatchObject({ status: 400, faults: ['status notAllowed'] });
});
