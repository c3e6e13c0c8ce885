import { smsBench } from '@muster/testing/smsBench';
import { forgetTexts } from './forgetTexts.ts';

let bench: Awaited<ReturnType<typeof smsBench>>;
beforeEach(async () => (bench = await smsBench()));
afterEach(() => bench.close());

/** A text that came in and was answered, both that many days ago; gives its guid. */
async function answered(daysAgo: number) {
  const { channel } = await bench.campaignOnShortcode();
  const guid = await bench.receive('GIV 50', { channel });
  await bench.handleAll();
  const past = `clock_timestamp() - $2 * interval '1 day'`;
  await bench.db.execute(`update sms_message set processed_at = ${past} where guid = $1`, [guid, daysAgo]);
  await bench.db.execute(`update sms_text set settled_at = ${past} where message_guid = $1`, [guid, daysAgo]);
  return guid;
}

const wordsOf = async (guid: string) => {
  const [row] = await bench.db.query(
    `select received_text as received, text as answer from sms_message message join sms_text on message_guid = message.guid
     where message.guid = $1`,
    [guid],
  );
  return row;
};

it('are let go of a year after they ended, with those of the answer, and nothing else of them', async () => {
  const [past, kept] = [await answered(366), await answered(364)];
  expect(await forgetTexts(bench.db)).toBe(2);
  expect(await wordsOf(past)).toEqual({ received: '', answer: '' });
  expect(await wordsOf(kept)).toEqual({ received: 'GIV 50', answer: 'Thank you' });
  expect(await bench.message(past)).toMatchObject({ state: 'Processed', msisdn: '4520123456', keyword: 'GIV' });
  expect(await forgetTexts(bench.db)).toBe(0);
});

it('that were asked for are let go of without a trace of their words, and their external id stays taken', async () => {
  const guid = await bench.storeText({ externalId: 'receipt-1' });
  await bench.sendAll();
  await bench.db.execute(`update sms_text set settled_at = clock_timestamp() - interval '366 days'`);
  expect(await forgetTexts(bench.db)).toBe(1);
  expect(await bench.db.query('select text, asked_digest as digest from sms_text')).toEqual([
    { text: '', digest: null },
  ]);
  expect(await bench.storeText({ externalId: 'receipt-1', text: 'Another' })).toBe(guid);
});

it('are let go of when their company says so', async () => {
  await bench.db.execute(`update company set retention_days = '{"files": 30, "texts": 7}' where id = $1`, [
    bench.companyId,
  ]);
  const [past, kept] = [await answered(8), await answered(6)];
  await forgetTexts(bench.db);
  expect(await wordsOf(past)).toEqual({ received: '', answer: '' });
  expect(await wordsOf(kept)).toEqual({ received: 'GIV 50', answer: 'Thank you' });
});

it('are never let go of before they have ended', async () => {
  const { channel } = await bench.campaignOnShortcode();
  const guid = await bench.receive('GIV', { channel });
  await bench.db.execute(`update sms_message set created_at = clock_timestamp() - interval '2 years'`);
  await forgetTexts(bench.db);
  expect(await bench.message(guid)).toMatchObject({ receivedText: 'GIV', state: 'Received' });
});

it('take the posts along that have told of them, but for one that is still to be taken', async () => {
  await bench.nameWebhook();
  const { channel } = await bench.campaignOnShortcode();
  const { post } = bench.poster();
  /** A post that told of a text; settled so many days ago, or still pending. */
  const told = async (state: string, daysAgo: number | null) => {
    const guid = await bench.receive('GIV', { channel });
    await bench.handleAll();
    await post();
    await bench.db.execute(
      `update sms_post set state = $2, settled_at = clock_timestamp() - $3 * interval '1 day'
       where guid = (select post_guid from sms_message where guid = $1)`,
      [guid, state, daysAgo],
    );
    return guid;
  };
  const past = [await told('delivered', 366), await told('dead', 366)];
  const kept = [await told('delivered', 364), await told('dead', 364), await told('pending', null)];
  expect(await forgetTexts(bench.db)).toBe(2);
  const posted = await bench.db.query<{ guid: string }>('select guid from sms_message where post_guid is not null');
  expect(posted.map(({ guid }) => guid).sort()).toEqual(kept.sort());
  expect((await bench.postRows()).map(({ state }) => state).sort()).toEqual(['dead', 'delivered', 'pending']);
  for (const guid of past) expect(await bench.message(guid)).toMatchObject({ state: 'Processed', receivedText: 'GIV' });
});
