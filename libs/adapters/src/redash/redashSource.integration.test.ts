import { waitFor } from '@muster/testing/waitFor';
import { answerWith, pack, replaceBody, trickJob } from '../../../../tools/redash/faults.ts';
import {
  redashBench,
  expectTemporary,
  START,
  RESULT,
  USER_KEY,
  type Fetch,
} from '../../../../tools/redash/redashBench.ts';
import { webPage } from '../../../../tools/redash/reply.ts';

const bench = redashBench([
  { id: 1, name: 'Borrowers', sql: 'select id, email from borrower order by id', apiKey: 'key-of-1' },
  {
    id: 4,
    name: 'Numbered',
    sql: 'select {{ n }} as n',
    apiKey: 'key-of-4',
    parameters: [{ name: 'n', type: 'number', value: 7 }],
  },
  {
    id: 5,
    name: 'Texts',
    sql: `select {{ n }} as n, '{{ s }}' as s`,
    apiKey: 'key-of-5',
    parameters: [
      { name: 'n', type: 'number', value: 7 },
      { name: 's', type: 'text', value: 'seven' },
    ],
  },
  {
    id: 6,
    name: 'Without a value',
    sql: 'select {{ d }} as d',
    parameters: [{ name: 'd', type: 'date', value: 'd_yesterday' }],
  },
  { id: 7, name: 'Limited', sql: 'select id from generate_series(1, 1500) id', apiKey: 'key-of-7', hasAutoLimit: true },
  { id: 8, name: 'Many', sql: `select id, 'a text, for size' as text from generate_series(1, 20000) id` },
  {
    id: 9,
    name: 'Range',
    sql: `select '{{ r.start }}' as start, '{{ r.end }}' as "end"`,
    parameters: [{ name: 'r', type: 'date-range', value: { start: '2026-01-01', end: '2026-01-31' } }],
  },
]);

async function fetchCsv(fetch: Fetch = {}) {
  const { csv, result } = bench.fetchRows(fetch);
  const { rows, columns } = await result;
  return { rows, columns, csv: csv() };
}

describe('a fresh answer', () => {
  it.each([
    ['a user', USER_KEY],
    ['the query', 'key-of-1'],
  ])('is fetched with the key of %s, in two requests and some looks', async (_, key) => {
    await bench.sql(`INSERT INTO borrower VALUES (9007199254740993, 'jane@example.com'), (2, ''), (null, null)`);

    expect(await fetchCsv({ key })).toEqual({
      rows: 3,
      columns: ['id', 'email'],
      csv: 'id,email\r\n2,""\r\n9007199254740993,jane@example.com\r\n,\r\n',
    });
    expect(bench.pathsSeen().filter((path) => path !== 'GET /api/queries/1/jobs/JOB')).toEqual([
      'POST /api/queries/1/results',
      expect.stringMatching(/^GET \/api\/queries\/1\/results\/\d+\.json$/),
    ]);
  });

  it('is asked for as such: no kept result, no automatic limit', async () => {
    await bench.fetchRows().result;

    expect(JSON.parse(bench.redash().requests[0]!.body)).toEqual({
      max_age: 0,
      parameters: {},
      apply_auto_limit: false,
    });
  });

  it('has a header only where the query finds nothing', async () => {
    expect(await fetchCsv()).toEqual({ rows: 0, columns: ['id', 'email'], csv: 'id,email\r\n' });
  });

  it.each([USER_KEY, 'key-of-7'])('has all rows of a query whose page cuts them at 1,000 (%s)', async (key) => {
    expect(await fetchCsv({ query: 7, key })).toMatchObject({ rows: 1_500 });
  });

  it('is unpacked where a proxy packs it', async () => {
    bench.redash().plan(pack(), { times: 10 });

    expect(await fetchCsv({ query: 8 })).toMatchObject({ rows: 20_000 });
  });

  it('is read slowly without slowing down the download', async () => {
    const { to, result } = bench.fetchRows({ query: 8 });
    to.pause();
    await waitFor(() => bench.pathsSeen().some((path) => path.endsWith('.json')));
    to.resume();

    expect(await result).toMatchObject({ rows: 20_000 });
  });

  it('is told in words by the previews of May 2024', async () => {
    bench.redash().plan(trickJob({ inWords: true }), START);

    expect(await fetchCsv()).toMatchObject({ rows: 0 });
  });
});

describe('parameters', () => {
  it('take the stored values where the address has none', async () => {
    expect(await fetchCsv({ query: 5 })).toMatchObject({ csv: 'n,s\r\n7,seven\r\n' });
  });

  it('take the values of the address', async () => {
    expect(await fetchCsv({ query: '5/source?p_s=eight%2C&p_n=8' })).toMatchObject({ csv: 'n,s\r\n8,"eight,"\r\n' });
  });

  it('take ranges in both spellings', async () => {
    expect(await fetchCsv({ query: '9?p_r=2026-02-01--2026-02-28' })).toMatchObject({
      csv: 'start,end\r\n2026-02-01,2026-02-28\r\n',
    });
    expect(await fetchCsv({ query: '9?p_r.start=2026-03-01&p_r.end=2026-03-31' })).toMatchObject({
      csv: 'start,end\r\n2026-03-01,2026-03-31\r\n',
    });
  });

  it('reach results that the key of the query cannot fetch, by asking for the kept one', async () => {
    expect(await fetchCsv({ query: '4?p_n=42', key: 'key-of-4' })).toMatchObject({ csv: 'n\r\n42\r\n' });
  });

  it('must have a value that does not depend on the browser', async () => {
    await expect(bench.fetchRows({ query: 6 }).result).rejects.toMatchObject({
      code: 'redashParameterMissing',
      message: expect.stringContaining('p_d=') as string,
    });
  });

  it('are found again in the statement, else the rows are those of somebody else', async () => {
    bench.redash().plan(
      replaceBody((text) => text.replace('select 8 as n', 'select 9 as n')),
      RESULT,
    );

    await expect(bench.fetchRows({ query: '4?p_n=8' }).result).rejects.toMatchObject({ code: 'redashNotFresh' });
  });
});

describe('freshness', () => {
  it("waits for somebody else's execution and starts anew", async () => {
    let end: () => void = () => undefined;
    bench.redash().runElsewhere(1, { endsAfter: new Promise<void>((resolve) => (end = resolve)) });
    const { csv, result } = bench.fetchRows();
    await waitFor(() => bench.pathsSeen().filter((path) => path.includes('/jobs/')).length > 2);
    await bench.sql(`INSERT INTO borrower VALUES (1, 'new')`);
    end();

    expect(await result).toMatchObject({ rows: 1 });
    expect(csv()).toBe('id,email\r\n1,new\r\n');
    expect(bench.pathsSeen().filter((path) => path.startsWith('POST'))).toHaveLength(2);
  });

  it("asks again where it is handed somebody else's execution once more, after its end", async () => {
    let end: () => void = () => undefined;
    const theirs = bench.redash().runElsewhere(1, { endsAfter: new Promise<void>((resolve) => (end = resolve)) });
    const { csv, result } = bench.fetchRows();
    await waitFor(() => bench.pathsSeen().filter((path) => path.includes('/jobs/')).length > 2);
    bench.redash().plan(
      replaceBody((text) => text.replace(/"id": "[^"]+"/, `"id": "${theirs}"`)),
      START,
    );
    await bench.sql(`INSERT INTO borrower VALUES (1, 'new')`);
    end();

    expect(await result).toMatchObject({ rows: 1 });
    expect(csv()).toBe('id,email\r\n1,new\r\n');
    expect(bench.pathsSeen().filter((path) => path.startsWith('POST'))).toHaveLength(3);
  });

  it('does not take a kept result', async () => {
    await bench.fetchRows().result;
    bench.redash().plan(
      answerWith({
        ...webPage,
        headers: { 'Content-Type': 'application/json' },
        body: [Buffer.from('{"query_result": {}}')],
      }),
      START,
    );

    await expectTemporary(bench.fetchRows(), 'redashNotFresh');
  });

  it('does not take an older result when it asks for the kept one', async () => {
    bench.redash().plan(
      replaceBody((text) => text.replace(/"retrieved_at": "\d{4}/, '"retrieved_at": "2020')),
      { method: 'POST', path: /results$/, times: 9 },
    );

    await expectTemporary(bench.fetchRows({ query: '4?p_n=43', key: 'key-of-4' }), 'redashNotFresh');
  });
});
