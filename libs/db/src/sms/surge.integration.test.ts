import { type Database } from '@muster/core/database';
import { askTextGateway } from '@muster/messaging/askTextGateway';
import { costsOf } from '@muster/testing/costsOf';
import { smsBench } from '@muster/testing/smsBench';
import { openDatabase } from '../openDatabase.ts';
import { inbox } from './inbox.ts';

const SURGE = 10_000;
const MOST_PAGES = 180;

let bench: Awaited<ReturnType<typeof smsBench>>;
beforeAll(async () => (bench = await smsBench()));
afterAll(() => bench.close());

const gatewaysOf = () => Promise.resolve({ text: { url: 'https://texts.example.com', secret: null }, payment: null });
const options = { gatewaysOf, leaseMs: 60_000 };

/** What autovacuum does: until the next time it is all that the planner knows of a table. */
async function vacuum(table: string) {
  const owner = await openDatabase({ url: bench.databaseUrl, asLogin: true, poolSize: 1 });
  try {
    await owner.execute(`vacuum analyze ${table}`);
  } finally {
    await owner.close();
  }
}

const dear = (costs: Awaited<ReturnType<typeof costsOf>>) => costs.filter(({ pages }) => pages > MOST_PAGES);

async function handleOne(db: Database) {
  const list = inbox(db, options);
  const claim = await list.claim();
  const { text } = await list.plan(claim!);
  const gateways = await list.gatewaysOf(claim!.companyId);
  const outcome = await askTextGateway(text!, { gateways, texts: bench.texts }, new AbortController().signal);
  await list.renew(claim!);
  await list.finish(claim!, { text: text!, outcome });
}

// statements are prepared, and a connection stays with the way that it found when there were few
it('goes by indexes also while there are few texts', async () => {
  await bench.campaignOnShortcode();
  await bench.receive('GIV');
  const costs = await costsOf(bench.db, handleOne);
  expect(costs.length).toBeGreaterThan(5);
  expect(costs.filter(({ whole }) => whole.some((table) => /^sms_(message|text|charge)$/.test(table)))).toEqual([]);
});

it('handles a text by no more pages in a surge than on a quiet day', async () => {
  const { channel } = await bench.campaignOnShortcode();
  const bring = (prefix: string) =>
    bench.company.execute(
      `insert into sms_message (company_id, carrier_id, channel, msisdn, received_text)
       select $1, $2 || nth, $3, '4520' || lpad((nth % 1000)::text, 6, '0'), 'GIV' from generate_series(1, ${SURGE}) nth`,
      [bench.companyId, prefix, channel],
    );
  await bring('quiet');
  await bench.db.execute(`update sms_message set state = 'Processed', processed_at = clock_timestamp()`);
  await vacuum('sms_message'); // of the quiet day
  await bring('surge');

  const costs = await costsOf(bench.db, handleOne);
  expect(costs.length).toBeGreaterThan(5);
  expect(dear(costs)).toEqual([]);
});

it('takes nothing by few pages while everything is put off', async () => {
  await bench.db.execute(`update sms_message set take_at = clock_timestamp() + interval '1 h'`);
  await vacuum('sms_message');
  const costs = await costsOf(bench.db, async (db) => {
    expect(await inbox(db, options).claim()).toBeUndefined();
  });
  expect(costs).toHaveLength(1);
  expect(dear(costs)).toEqual([]);
});

it('takes the next one by few pages, though thousands of one number wait behind another', async () => {
  const { channel } = await bench.campaignOnShortcode();
  const bring = (msisdn: string, count: number) =>
    bench.company.execute(
      `insert into sms_message (company_id, carrier_id, channel, msisdn, received_text)
       select $1, $2 || nth, $3, $2, 'GIV' from generate_series(1, $4::int) nth`,
      [bench.companyId, msisdn, channel, count],
    );
  await bring('4521000001', SURGE);
  const list = inbox(bench.db, options);
  const first = await list.claim();
  await vacuum('sms_message');
  await bring('4521000002', 1);
  const costs = await costsOf(bench.db, async (db) => {
    expect(await bench.message((await inbox(db, options).claim())!.messageGuid)).toMatchObject({
      msisdn: '4521000002',
    });
  });
  expect(dear(costs)).toEqual([]);
  await list.finish(first!);
  const next = await list.claim();
  expect(await bench.message(next!.messageGuid)).toMatchObject({ msisdn: '4521000001' });
});
