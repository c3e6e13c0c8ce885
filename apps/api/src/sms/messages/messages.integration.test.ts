import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { fakeLog } from '@muster/testing/fakeLog';
import { smsCaller } from '@muster/testing/smsCaller';
import { createApi } from '../../createApi.ts';

const rung: string[] = [];
const log = fakeLog();
let bench: ApiBench;
let call: ReturnType<typeof smsCaller>;
beforeAll(async () => {
  bench = await apiBench((deps) => createApi({ ...deps, log, onMessagesStored: (guids) => void rung.push(...guids) }));
  call = smsCaller(bench);
});
afterAll(() => bench.close());

let nth = 0;
const inbound = (change: object = {}) => ({
  ...{ messageId: `carrier-${++nth}`, msisdn: '4520123456', channel: '1217', text: 'GIV 50', ...change },
});
const bring = (body: unknown) => call('POST', '/SmsMO', { body, key: bench.own.keys.carrier });
const guidsOf = ({ text }: { text: string }) =>
  (JSON.parse(text) as { messageGuid: string }[]).map(({ messageGuid }) => messageGuid);

it('is stored before it is answered with 200, and rung for', async () => {
  const one = inbound();
  const answer = await bring(one);
  expect(answer.status).toBe(200);
  const [guid = ''] = guidsOf(answer);
  expect(JSON.parse(answer.text)).toEqual([{ messageId: one.messageId, messageGuid: guid }]);
  expect((await call('GET', `/SmsMO/${guid}`)).json).toMatchObject({
    ...{ messageGuid: guid, msisdn: '4520123456', channel: '1217', receivedText: 'GIV 50', state: 'Received' },
    ...{ keyword: null, campaignGuid: null, processedTs: null, merchantId: expect.any(Number) as number },
    createdTs: expect.stringMatching(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} \+0[12]00$/) as string,
  });
  expect(rung).toContain(guid);
});

it('is one, however often the carrier brings it, also at once', async () => {
  const one = inbound();
  const answers = await Promise.all(Array.from({ length: 8 }, () => bring(one)));
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
  const guids = new Set(answers.flatMap(guidsOf));
  expect(guids.size).toBe(1);
  expect(rung.filter((guid) => guids.has(guid))).toHaveLength(1);
});

it('may come with others, in their order', async () => {
  const texts = ['a', 'b', 'c'].map((text) => inbound({ text }));
  const guids = guidsOf(await bring([...texts, texts[0]]));
  expect(guids[3]).toBe(guids[0]);
  const rows = await bench.db.query<{ guid: string }>(
    'select guid from sms_message where guid = any ($1::uuid[]) order by number',
    [guids],
  );
  expect(rows.map(({ guid }) => guid)).toEqual(guids.slice(0, 3));
});

it.each([
  ['of 2,000 characters', 'x'.repeat(2_000), 'x'.repeat(2_000)],
  ['of emojis', '❤️👍 giv', '❤️👍 giv'],
  ['of nothing', '', ''],
  ['with what PostgreSQL cannot keep', 'a\u0000b\ud800', 'ab\ufffd'],
])('%s is taken: it must not be lost', async (...[, text, kept]) => {
  const [guid = ''] = guidsOf(await bring(inbound({ text })));
  expect((await call('GET', `/SmsMO/${guid}`)).json).toMatchObject({ receivedText: kept });
});

it.each([
  ['+4520123456', '4520123456'],
  ['004520123456', '4520123456'],
])('knows the number %s', async (msisdn, known) => {
  const [guid = ''] = guidsOf(await bring(inbound({ msisdn })));
  expect((await call('GET', `/SmsMO/${guid}`)).json).toMatchObject({ msisdn: known });
});

it.each([
  ['without a country code', { msisdn: '20123456' }, '10010'],
  ['without a number', { msisdn: undefined }, '10001'],
  ['without the carrier’s id', { messageId: '' }, '10001'],
  ['whose text is no text', { text: 5 }, '10001'],
  ['with a field that nobody knows', { texst: 'x' }, '10002'],
])('is refused %s alone, and loses none of those that came with it', async (...[, change, errorCode]) => {
  const [fine, wrong, other] = [inbound(), inbound(change), inbound()];
  expect(await bring(wrong)).toMatchObject({ status: 400, errorCode });
  expect(await bring([wrong, wrong])).toMatchObject({ status: 400, errorCode });

  const answer = await bring([fine, wrong, other]);
  expect(answer.status).toBe(200);
  const messageId = wrong.messageId === '' ? null : wrong.messageId;
  const guid = expect.stringMatching(/^[\da-f-]{36}$/) as string;
  expect(JSON.parse(answer.text)).toEqual([
    { messageId: fine.messageId, messageGuid: guid },
    { messageId, messageGuid: null, errorCode, errorDescription: expect.stringMatching(/^\[1\]\.\w+: /) as string },
    { messageId: other.messageId, messageGuid: guid },
  ]);
  const [first, , last] = guidsOf(answer);
  for (const [stored, { messageId: carrierId }] of [[first, fine] as const, [last, other] as const])
    expect(await bench.db.query('select guid from sms_message where carrier_id = $1', [carrierId])).toEqual([
      { guid: stored },
    ]);
  expect(log.lines.findLast(({ level }) => level === 'warn')).toEqual({
    ...{ level: 'warn', event: 'messages.refused' },
    fields: { requestId: expect.any(String) as string, companyId: bench.own.id, count: 1, codes: errorCode },
  });
});

it.each([5, null, 'GIV', []])('is told as wrong where it is %j', async (nothing) => {
  const answer = await bring([inbound(), nothing]);
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.text)).toMatchObject([{}, { messageId: null, errorCode: '10001' }]);
});

it('names its fields as they were sent, alone and in a list', async () => {
  const describe = async (body: unknown) => (await bring(body)).json['errorDescription'];
  for (const change of [{ msisdn: '20123456' }, { msisdn: 'x' }]) {
    expect(await describe(inbound(change))).toMatch(/^msisdn: /);
    expect(await describe([inbound(change)])).toMatch(/^\[0\]\.msisdn: /);
  }
});

it('is refused with more than 500 others, and with none', async () => {
  expect(await bring(Array.from({ length: 501 }, () => inbound()))).toMatchObject({ status: 400, errorCode: '10001' });
  expect(await bring([])).toMatchObject({ status: 400, errorCode: '10001' });
});

it('is listed by pages, newest first', async () => {
  const guids = guidsOf(await bring([inbound(), inbound(), inbound()])).toReversed();
  const page = async (number: number) => (await call('GET', `/SmsMO?pageNumber=${number}&pageSize=2`)).json;
  const [one, two] = [await page(1), await page(2)];
  expect(one).toMatchObject({ pageNumber: 1, pageSize: 2 });
  const listed = [one, two].flatMap(({ list }) =>
    (list as { messageGuid: string }[]).map(({ messageGuid }) => messageGuid),
  );
  expect(new Set(listed.slice(0, 3))).toEqual(new Set(guids));
  expect(await call('GET', '/SmsMO?pageSize=1000')).toMatchObject({ status: 400, errorCode: '10001' });
});

it.each([
  ['parked', '10068'],
  ['10060', '10060'],
  ['57P01', '10073'],
])('that met the error %s tells clients its number, one that the description lists', async (stored, errorCode) => {
  const [guid = ''] = guidsOf(await bring(inbound()));
  await bench.db.execute(
    `update sms_message set state = 'Error', error_code = $2, error_description = 'it broke' where guid = $1`,
    [guid, stored],
  );
  expect((await call('GET', `/SmsMO/${guid}`)).json).toMatchObject({ errorCode, errorDescription: 'it broke' });
  const { text } = await bench.call('GET', '/sms/openapi.json', { key: null });
  expect(text).toContain(`| ${errorCode} |`);
});
