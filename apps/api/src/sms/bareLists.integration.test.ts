import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { smsCaller } from '@muster/testing/smsCaller';
import { createApi } from '../createApi.ts';

const MOST = 1_000;
const ALL = MOST + 3;

let bench: ApiBench;
beforeAll(async () => {
  bench = await apiBench(createApi);
  for (const insert of [
    `sms_campaign (company_id, service_type, fields) select $1, 'Message', '{}' from many`,
    `sms_keyword (company_id, channel, keyword, keyword_folded) select $1, '1217', 'K' || n, 'k' || n from many`,
    `sms_collection (company_id, name) select $1, n from many`,
  ])
    await bench.db.execute(`with many as (select n from generate_series(1, ${ALL}) n) insert into ${insert}`, [
      bench.own.id,
    ]);
});
afterAll(() => bench.close());

const list = async (path: string) => {
  const { status, text } = await smsCaller(bench)('GET', path);
  expect(status).toBe(200);
  return JSON.parse(text) as Record<string, string>[];
};

describe.each([
  ['campaigns', 'campaignGuid'],
  ['keywords', 'keywordGuid'],
  ['communicationCollections', 'communicationCollectionGuid'],
])('the bare list of %s', (name, guid) => {
  const guidsOf = (page: Record<string, string>[]) => page.map((one) => one[guid]);

  it('holds a thousand, and its next page the rest, each once', async () => {
    const [first, next] = [await list(`/${name}`), await list(`/${name}?pageNumber=2`)];
    expect([first.length, next.length]).toEqual([MOST, ALL - MOST]);
    expect(new Set(guidsOf([...first, ...next])).size).toBe(ALL);
  });

  it('comes in smaller pages for whoever asks for them, in the same order', async () => {
    const pages = [await list(`/${name}?pageSize=2`), await list(`/${name}?pageSize=2&pageNumber=2`)];
    expect(guidsOf(pages.flat())).toEqual(guidsOf(await list(`/${name}?pageSize=4`)));
  });

  it.each(['pageSize=1001', 'pageSize=0', 'pageNumber=0', 'pageNumber=x', 'page=1'])('has no %s', async (query) => {
    expect((await smsCaller(bench)('GET', `/${name}?${query}`)).status).toBe(400);
  });
});
