import { costsOf } from '@muster/testing/costsOf';
import { smsBench } from '@muster/testing/smsBench';
import { type CompanyDatabase } from '../openDatabase.ts';
import { listSmsCampaigns } from './smsCampaigns.ts';
import { listKeywords } from './smsKeywords.ts';

const MANY = 50_000;
const PAGE = { pageNumber: 1, pageSize: 1_000 };
const MOST_PAGES = 100;

let bench: Awaited<ReturnType<typeof smsBench>>;
beforeAll(async () => (bench = await smsBench()));
afterAll(() => bench.close());

it('reads no more for the first page of a list, however many objects a company has', async () => {
  const insert = (what: string) =>
    bench.db.execute(`with many as (select n from generate_series(1, ${MANY}) n) insert into ${what}`, [
      bench.companyId,
    ]);
  await insert(`sms_campaign (company_id, service_type, fields) select $1, 'Message', '{}' from many`);
  await insert(
    `sms_keyword (company_id, channel, keyword, keyword_folded) select $1, '1217', 'K' || n, 'k' || n from many`,
  );
  // and nothing has counted them yet: that is how few a planner may take them for
  const costs = await costsOf(bench.company, async (db) => {
    expect(await listSmsCampaigns(db as CompanyDatabase, PAGE)).toHaveLength(PAGE.pageSize);
    expect(await listKeywords(db as CompanyDatabase, PAGE)).toHaveLength(PAGE.pageSize);
  });
  expect(costs.length).toBeGreaterThan(1);
  expect(costs.filter(({ pages }) => pages > MOST_PAGES)).toEqual([]);
});
