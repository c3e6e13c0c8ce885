import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { insertCampaign } from '@muster/testing/factories';
import { createApi } from './createApi.ts';

let bench: ApiBench;
let ids: string[]; // newest first
beforeAll(async () => {
  bench = await apiBench(createApi);
  // many of one moment: the id decides among them
  await bench.db.execute(
    `insert into campaign (company_id, external_id) select $1, 'c' || n from generate_series(1, 30) n`,
    [bench.own.id],
  );
  await bench.db.execute(
    `insert into campaign (company_id, external_id) select $1, 'd' || n from generate_series(1, 30) n`,
    [bench.own.id],
  );
  const rows = await bench.db.query<{ id: string }>('select id from campaign order by created_at desc, id desc');
  ids = rows.map(({ id }) => id);
});
afterAll(() => bench.close());

const get = (query: string) => bench.call('GET', query.startsWith('/') ? query : `/api/campaigns${query}`);
const idsOf = ({ list }: { list: Record<string, unknown>[] }) => list.map(({ id }) => id);

it('gives 25, newest first, unless told otherwise', async () => {
  const first = await get('');
  expect(first.json).toMatchObject({
    total: 60,
    count: 25,
    previousUrl: null,
    nextUrl: `/api/campaigns?startingAfter=${ids[24]!}`,
  });
  expect(idsOf(first)).toEqual(ids.slice(0, 25));
});

it('walks to the end and back by the addresses it gives, each object once', async () => {
  const seen: unknown[] = [];
  let last = '';
  for (let url: string | null = '/api/campaigns?limit=7'; url !== null;) {
    const page = await get((last = url));
    seen.push(...idsOf(page));
    url = page.json['nextUrl'] as string | null;
  }
  expect(seen).toEqual(ids);
  const back: unknown[] = [];
  for (let url: string | null = last; url !== null;) {
    const page = await get(url);
    back.unshift(...idsOf(page));
    url = page.json['previousUrl'] as string | null;
  }
  expect(back).toEqual(ids);
});

it('neither repeats nor skips an object while others are added and deleted', async () => {
  const { other } = bench;
  const add = (externalId: string) => insertCampaign(bench.db, { companyId: other.id, externalId });
  for (let i = 0; i < 10; i++) await add(`old-${i}`);
  const call = (url: string) => bench.call('GET', url, { key: other.keys.admin });
  const seen: unknown[] = [];
  for (let url: string | null = '/api/campaigns?limit=3'; url !== null;) {
    const page = await call(url);
    seen.push(...page.list.map(({ externalId }) => externalId));
    await add(`new-${seen.length}`);
    // the cursor itself goes away: its place stays
    await bench.db.execute('update campaign set deleted_at = now() where id = $1', [page.list.at(-1)?.['id']]);
    url = page.json['nextUrl'] as string | null;
  }
  expect(seen).toEqual(Array.from({ length: 10 }, (_, i) => `old-${9 - i}`));
});

it('lets endingBefore count where both cursors are given', async () => {
  const page = await get(`?limit=2&startingAfter=${ids[30]!}&endingBefore=${ids[10]!}`);
  expect(idsOf(page)).toEqual(ids.slice(8, 10));
});

it('takes external ids for cursors', async () => {
  const [row] = await bench.db.query<{ external_id: string }>('select external_id from campaign where id = $1', [
    ids[4],
  ]);
  expect(idsOf(await get(`?limit=1&startingAfter=ext-${row!.external_id}`))).toEqual([ids[5]]);
});

it('gives no addresses where there is no page', async () => {
  expect((await get('?limit=100')).json).toMatchObject({ count: 60, nextUrl: null, previousUrl: null });
  expect((await get(`?startingAfter=${ids[59]!}`)).json).toMatchObject({ count: 0, nextUrl: null, data: [] });
  expect((await get(`?endingBefore=${ids[0]!}`)).json).toMatchObject({ count: 0, previousUrl: null, data: [] });
});
