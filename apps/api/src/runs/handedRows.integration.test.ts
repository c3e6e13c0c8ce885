import { readdir, readlink } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { type ApiBench, apiBench, type Call } from '@muster/testing/apiBench';
import { insertCampaign } from '@muster/testing/factories';
import { waitFor } from '@muster/testing/waitFor';
import { createApi } from '../createApi.ts';

let bench: ApiBench;
beforeAll(async () => void (bench = await apiBench(createApi)));
afterAll(() => bench.close());

const newCampaign = () => insertCampaign(bench.db, { companyId: bench.own.id });
const start = async (body: unknown, options: Call = {}) =>
  bench.call('POST', `/api/campaigns/${await newCampaign()}/runs`, { body, ...options });
const runsOf = (campaign: string) => bench.db.query('select id from run where campaign_id = $1', [campaign]);
const partsOf = (runId: unknown) =>
  bench.db.query<{ part: number; rows: unknown[]; text: string }>(
    'select part, rows, rows::text as text from run_override where run_id = $1 order by part',
    [runId],
  );
const numbered = (count: number) => Array.from({ length: count }, (_, i) => ({ borrowerId: i + 1 }));

/** Begins a start of a run and sends so much of its body. */
async function begin(sent: string, headers: Record<string, string> = {}) {
  const campaign = await newCampaign();
  const req = request(`${bench.url}/api/campaigns/${campaign}/runs`, {
    method: 'POST',
    headers: { 'X-API-KEY': bench.own.keys.admin, 'Content-Type': 'application/json', ...headers },
  });
  const status = new Promise<number | undefined>((resolve) => {
    req.on('response', (res) => resolve(res.resume().statusCode)).on('error', () => resolve(undefined));
  });
  req.write(sent);
  return { campaign, req, status };
}

/** Spools that are open, or have a name. */
async function spools() {
  const named = (await readdir(tmpdir())).filter((name) => name.startsWith(`muster-rows-${process.pid}-`));
  const open = await readdir('/proc/self/fd').catch(() => []);
  const paths = await Promise.all(open.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return [...named, ...paths.filter((path) => path.includes('muster-rows-'))];
}

describe('rows', () => {
  it('are stored in parts, in their order', async () => {
    const { json } = await start({ queryResultsOverride: numbered(2_500) });
    const parts = await partsOf(json['id']);
    expect(parts.map(({ part, rows }) => [part, rows.length])).toEqual([
      [0, 1_000],
      [1, 1_000],
      [2, 500],
    ]);
    expect(parts.flatMap(({ rows }) => rows)).toEqual(numbered(2_500));
  });

  it('are stored as they were written: order of columns, digits and all', async () => {
    const { json } = await start(' {"queryResultsOverride" : [ {"b": 1.50, "a": 9007199254740991} ] } ');
    expect((await partsOf(json['id']))[0]?.text).toBe('[{"b": 1.50, "a": 9007199254740991}]');
  });

  it('come through whatever pieces the body comes in', async () => {
    const body = JSON.stringify({ queryResultsOverride: [{ name: 'Zoë 漢字 🙂 "\\' }, { name: '\u00e9' }] });
    const { campaign, req, status } = await begin('');
    for (const byte of Buffer.from(body)) req.write(Buffer.from([byte]));
    req.end();
    expect(await status).toBe(200);
    const [run] = await runsOf(campaign);
    expect((await partsOf(run?.['id'])).flatMap(({ rows }) => rows)).toEqual([
      { name: 'Zoë 漢字 🙂 "\\' },
      { name: 'é' },
    ]);
  });

  it('are refused with their number where there are too many', async () => {
    const answer = await start({ queryResultsOverride: numbered(100_002) });
    expect(answer).toMatchObject({ status: 400, faults: ['queryResultsOverride isRows'] });
    expect(answer.json['message']).toContain('holds 100002 rows, and may hold 100000');
  });

  it('are refused where they have too many columns together', async () => {
    const queryResultsOverride = Array.from({ length: 1_001 }, (_, i) => ({ [`column ${i}`]: 1 }));
    expect((await start({ queryResultsOverride })).json['message']).toContain(
      'row 1001 brings more than 1000 different',
    );
  });

  it('are refused where one is bigger than any row can be', async () => {
    const answer = await start({ queryResultsOverride: [{ a: 1 }, { a: 'x'.repeat(9_000_000) }] });
    expect(answer).toMatchObject({ status: 400, faults: ['queryResultsOverride isRows'] });
    expect(answer.json['message']).toContain('row 2 holds a value bigger than');
  });

  it('are refused where a number is beyond all that can be read back', async () => {
    const answer = await start('{"queryResultsOverride":[{"borrowerId":1,"amount":1e999}]}');
    expect(answer).toMatchObject({ status: 400, faults: ['queryResultsOverride isRows'] });
    expect(answer.json['message']).toContain('row 1 has a number that JSON readers round: write it as a text');
  });

  it('leave nothing where one of the last is faulty', async () => {
    const campaign = await newCampaign();
    const body = { queryResultsOverride: [...numbered(50_000), { borrowerId: [1] }] };
    const answer = await bench.call('POST', `/api/campaigns/${campaign}/runs`, { body });
    expect(answer.json['message']).toContain('row 50001');
    expect(await runsOf(campaign)).toEqual([]);
    expect(await spools()).toEqual([]);
  });

  it('are told of together with all else that is wrong', async () => {
    const answer = await start({ queryResultsOverrides: [], queryResultsOverride: [1], worker: 'me' });
    expect(answer.faults.sort()).toEqual(
      ['queryResultsOverride isRows', 'queryResultsOverrides unknownField', 'worker notAllowed'].sort(),
    );
    expect(answer.json['message']).toContain('did you mean queryResultsOverride?');
  });

  it('may be stored once per Idempotency-Key, however often they are sent', async () => {
    const campaign = await newCampaign();
    const path = `/api/campaigns/${campaign}/runs`;
    const headers = { 'Idempotency-Key': 'rows-1' };
    const send = (count: number) =>
      bench.call('POST', path, { headers, body: { queryResultsOverride: numbered(count) } });
    const [one, twin] = await Promise.all([send(3_000), send(3_000)]);
    expect([one.status, twin.status]).toEqual([200, 200]);
    expect(twin.json).toEqual(one.json);
    expect(await runsOf(campaign)).toHaveLength(1);
    expect(await send(2_999)).toMatchObject({ status: 422, json: { code: 'idempotencyKeyReused' } });
    expect(await spools()).toEqual([]);
  });
});

describe('a body', () => {
  it('is refused where it is a list', async () => {
    expect(await start('[]')).toMatchObject({ status: 400, faults: [' wrongType'] });
  });

  it.each([
    ['is no JSON', 'rows'],
    ['is a text', '"rows"'],
    ['is null', 'null'],
    ['is blank', '  '],
    ['ends in the middle', '{"queryResultsOverride":[{"a":1},'],
    ['goes on after its end', '{} {}'],
    ['has a row that is no JSON', '{"queryResultsOverride":[{"a":NaN}]}'],
    ['lacks a comma', '{"queryResultsOverride":[{"a":1}{"a":2}]}'],
    ['has a comma too many', '{"queryResultsOverride":[{"a":1},]}'],
    ['has rows twice', '{"queryResultsOverride":[],"queryResultsOverride":[]}'],
    ['has a value that is no JSON', '{"worker":external}'],
  ])('is refused where it %s', async (_, body) => {
    const answer = await start(body);
    expect(answer).toMatchObject({ status: 400, json: { code: 'malformedJson' } });
    expect(await spools()).toEqual([]);
  });

  it('is refused where a row is no UTF-8: nothing is stored that was not sent', async () => {
    const body = Buffer.concat([
      Buffer.from('{"queryResultsOverride":[{"id":1,"a":"'),
      Buffer.from([0xff]),
      Buffer.from('"}]}'),
    ]);
    expect(await start(body)).toMatchObject({ status: 400, json: { code: 'malformedJson' } });
  });

  it('may hold no dangerous names', async () => {
    expect((await start('{"__proto__":{"worker":"external"}}')).faults).toEqual(['__proto__ unknownField']);
    expect(({} as { worker?: unknown }).worker).toBeUndefined();
  });

  it.each([
    ['a row', `{"queryResultsOverride":[{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}]}`],
    ['another field', `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
  ])('is refused where %s is nested too deep', async (_, body) => {
    expect(await start(body)).toMatchObject({ status: 400, faults: [' tooDeep'] });
  });

  it('may be missing, whatever kind it is said to be', async () => {
    expect(await start(undefined, { headers: { 'Content-Type': 'text/csv' } })).toMatchObject({ status: 200 });
    expect(await start('{}')).toMatchObject({ status: 200 });
  });

  it.each([
    ['CSV', { 'Content-Type': 'text/csv' }],
    ['UTF-16', { 'Content-Type': 'application/json; charset=utf-16' }],
    ['packed', { 'Content-Encoding': 'gzip' }],
  ])('is refused where it is %s', async (_, headers) => {
    expect(await start(gzipSync('{}'), { headers })).toMatchObject({ status: 415 });
  });

  it('is refused before it is read where it announces more than 64 MiB', async () => {
    const { status, req } = await begin('{', { 'Content-Length': String(64 * 1024 * 1024 + 1) });
    expect(await status).toBe(413);
    req.destroy();
  });

  it('is refused where it turns out to be more than 64 MiB, and the caller is told', async () => {
    const piece = ' '.repeat(1024 * 1024);
    const { status, req, campaign } = await begin('{');
    for (let i = 0; i < 65; i++) if (!req.write(piece)) await new Promise((resolve) => req.once('drain', resolve));
    req.end();
    expect(await status).toBe(413);
    expect(await runsOf(campaign)).toEqual([]);
  });

  it('is answered where it is wrong from the beginning, though most of it is still to come', async () => {
    const { status, req } = await begin('[');
    for (let i = 0; i < 8; i++) req.write('1,'.repeat(500_000));
    req.end('1]');
    expect(await status).toBe(400);
  });

  it('leaves nothing where its caller goes in the middle', async () => {
    const rows = JSON.stringify(numbered(50_000)).slice(0, -1);
    const { campaign, req } = await begin(`{"queryResultsOverride":${rows}`);
    await waitFor(async () => (await spools()).length > 0 || process.platform !== 'linux', { what: 'the spool' });
    const before = bench.lines.length;
    req.destroy();
    await waitFor(() => bench.lines.slice(before).some(({ event }) => event === 'request.answered'));
    await waitFor(async () => (await spools()).length === 0, { what: 'the end of the spool' });
    expect(await runsOf(campaign)).toEqual([]);
    expect(bench.lines.slice(before).filter(({ level }) => level === 'error')).toEqual([]);
  });
});
