import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { deactivateKeyword } from '@muster/db/sms/smsKeywords';
import { smsBench } from '@muster/testing/smsBench';

let bench: Awaited<ReturnType<typeof smsBench>>;
beforeEach(async () => (bench = await smsBench()));
afterEach(() => bench.close());

const away = () => new TemporaryFailure('paymentGatewayUnavailable', 'it is away');

describe('a text', () => {
  it('that begins with the keyword of a Message is answered, whatever its case', async () => {
    const { channel, keywordGuid, campaignGuid } = await bench.campaignOnShortcode({
      ...{ replyText: 'Hello [phone], you wrote [keyword] to [channel]', metaData: '{"list":"a"}' },
    });
    const guid = await bench.receive('  giv 50 ', { channel });
    expect(await bench.handleAll()).toBe(1);
    expect(bench.texts.texts).toMatchObject([
      { channel, msisdn: '4520123456', text: `Hello 4520123456, you wrote GIV to ${channel}` },
    ]);
    expect(await bench.message(guid)).toMatchObject({
      ...{ state: 'Processed', keywordGuid, campaignGuid, keyword: 'GIV', metaData: '{"list":"a"}', errorCode: null },
    });
  });

  it('of NoResponse is answered by nobody', async () => {
    const { channel } = await bench.campaignOnShortcode({ serviceType: 'NoResponse' });
    const guid = await bench.receive('GIV', { channel });
    await bench.handleAll();
    expect(bench.texts.asked).toEqual([]);
    expect(await bench.message(guid)).toMatchObject({ state: 'Processed' });
  });

  it('that begins with no keyword is an error, and answered by nobody', async () => {
    const guid = await bench.receive('Hello there');
    await bench.handleAll();
    expect(await bench.message(guid)).toMatchObject({ state: 'Error', errorCode: 'keywordUnknown' });
    expect(bench.texts.asked).toEqual([]);
  });

  it.each([
    ['outside the dates of its keyword', { endDate: '2020-01-01' }, {}],
    ['of a campaign that was canceled', {}, { active: false }],
  ])('%s gets the idle text', async (_, dates, state) => {
    const { campaignGuid } = await bench.addCampaign({ serviceType: 'Single', ...state });
    await bench.addKeyword({ keyword: 'SOS', campaignGuid, idleText: 'It is over', ...dates });
    await bench.receive('SOS');
    await bench.handleAll();
    expect(bench.texts.texts.map(({ text }) => text)).toEqual(['It is over']);
    expect(bench.payments.asked).toEqual([]);
  });

  it('means the longest keyword that it begins with', async () => {
    const [wide, narrow] = [
      await bench.addCampaign({ replyText: 'wide' }),
      await bench.addCampaign({ replyText: 'narrow' }),
    ];
    await bench.addKeyword({ keyword: 'GIV', campaignGuid: wide.campaignGuid });
    await bench.addKeyword({ keyword: 'GIV', subKeyword: '50', campaignGuid: narrow.campaignGuid });
    await bench.receive('giv 50 please');
    await bench.receive('giv 100');
    await bench.handleAll();
    expect(bench.texts.texts.map(({ text }) => text)).toEqual(['narrow', 'wide']);
  });
});

describe('a payment', () => {
  const single = { serviceType: 'Single', replyText: 'Thank you for [amount]' } as const;

  it('is charged once, and thanked for afterwards', async () => {
    const { channel } = await bench.campaignOnShortcode({ ...single, amountTotal: 50, amount: 50 });
    await bench.receive('GIV', { channel });
    await bench.handleAll();
    expect(bench.payments.charges).toMatchObject([{ msisdn: '4520123456', amountTotal: '50.00', currencyCode: 'DKK' }]);
    expect(bench.texts.texts).toMatchObject([{ text: 'Thank you for 50' }]);
  });

  it('that is refused is thanked for by nobody', async () => {
    const { channel } = await bench.campaignOnShortcode(single);
    bench.payments.refuse('4520123456');
    const guid = await bench.receive('GIV', { channel });
    await bench.handleAll();
    expect(bench.texts.asked).toEqual([]);
    expect(await bench.message(guid)).toMatchObject({ state: 'Error', errorCode: '10063' });
  });

  it('is not charged above the limit of the month, also where texts come at once', async () => {
    const { channel } = await bench.campaignOnShortcode({ ...single, amount: 200, amountTotal: 200 });
    const guids = [await bench.receive('GIV', { channel }), await bench.receive('GIV', { channel })];
    await bench.handleAll();
    expect(bench.payments.charges).toHaveLength(1);
    expect(await bench.message(guids[1]!)).toMatchObject({ state: 'Error', errorCode: '10060' });
  });

  it.each(['charge', 'text'] as const)('is made once where the reply to the %s is lost', async (what) => {
    const { channel } = await bench.campaignOnShortcode(single);
    (what === 'charge' ? bench.payments : bench.texts).loseNextReply();
    const guid = await bench.receive('GIV', { channel });
    await bench.handleAll();
    expect(await bench.message(guid)).toMatchObject({ state: 'Received' });
    await bench.hurry();
    await bench.handleAll();
    expect(await bench.message(guid)).toMatchObject({ state: 'Processed' });
    expect([bench.payments.charges.length, bench.texts.texts.length]).toEqual([1, 1]);
    expect(bench.payments.asked.length + bench.texts.asked.length).toBe(3);
  });

  it('waits while the gateway is away, and those of its number behind it', async () => {
    const { channel } = await bench.campaignOnShortcode(single);
    bench.payments.failures.push(away());
    await bench.receive('GIV', { channel });
    await bench.receive('GIV', { channel });
    await bench.receive('GIV', { channel, msisdn: '4520999999' });
    expect(await bench.handleAll()).toBe(2);
    expect(bench.payments.charges.map(({ msisdn }) => msisdn)).toEqual(['4520999999']);
    await bench.hurry();
    await bench.handleAll();
    expect(bench.payments.charges.map(({ msisdn }) => msisdn)).toEqual(['4520999999', '4520123456', '4520123456']);
  });

  it('is unknown once its text is given up: the gateway may have made it', async () => {
    const { channel } = await bench.campaignOnShortcode(single);
    bench.payments.loseNextReply();
    const guid = await bench.receive('GIV', { channel });
    await bench.db.execute(`update sms_message set first_failed_at = clock_timestamp() - interval '25 h'`);
    await bench.handleAll();
    expect(await bench.message(guid)).toMatchObject({ state: 'Error' });
    expect(await bench.db.query('select state from sms_charge')).toEqual([{ state: 'unknown' }]);
    await bench.hurry();
    expect(await bench.handleAll()).toBe(0);
  });

  it('stays made where its text is refused', async () => {
    const { channel } = await bench.campaignOnShortcode(single);
    bench.texts.refuse('4520123456');
    const guid = await bench.receive('GIV', { channel });
    await bench.handleAll();
    expect(bench.payments.charges).toHaveLength(1);
    expect(await bench.message(guid)).toMatchObject({ state: 'Error', errorCode: 'textRefused' });
  });
});

describe('a subscription', () => {
  const recurring = { serviceType: 'Recurring', replyText: 'Welcome' } as const;

  it('never begins where the gateway does not understand its first charge: nothing is charged by that', async () => {
    const { channel } = await bench.campaignOnShortcode(recurring);
    bench.payments.failures.push(new PermanentFailure('chargeNotUnderstood', 'it answers 400'));
    const guid = await bench.receive('GIV', { channel });
    await bench.handleAll();
    expect(await bench.message(guid)).toMatchObject({ state: 'Error', errorCode: '10066' });
    expect(await bench.subscriptions()).toMatchObject([{ state: 'Inactive' }]);
    expect(await bench.db.query('select state from sms_charge')).toEqual([{ state: 'refused' }]);

    await bench.receive('GIV', { channel });
    await bench.handleAll();
    expect(bench.payments.charges).toHaveLength(1);
    expect(bench.texts.texts).toHaveLength(1);
  });

  it('is unknown where a worker that had to go may have had its first charge made', async () => {
    const { channel } = await bench.campaignOnShortcode(recurring);
    await bench.receive('GIV', { channel });
    const claim = await bench.deps.inbox.claim();
    const { charge } = await bench.deps.inbox.plan(claim!);
    await bench.payments.charge({ url: '', secret: null }, charge!, new AbortController().signal);
    await bench.deps.inbox.release(claim!);
    bench.payments.failures.push(new PermanentFailure('chargeNotUnderstood', 'it answers 400'));
    await bench.handleAll();
    expect(await bench.db.query('select state from sms_charge')).toEqual([{ state: 'unknown' }]);
    expect(await bench.subscriptions()).toMatchObject([{ state: 'Pending' }]);
  });

  it('is neither thanked for nor charged again while nobody knows of its first charge', async () => {
    const { channel } = await bench.campaignOnShortcode(recurring);
    bench.payments.loseNextReply();
    await bench.receive('GIV', { channel });
    await bench.db.execute(`update sms_message set first_failed_at = clock_timestamp() - interval '25 h'`);
    await bench.handleAll();

    const again = await bench.receive('GIV', { channel });
    await bench.handleAll();
    expect(await bench.message(again)).toMatchObject({ state: 'Error', errorCode: 'chargeUnsettled' });
    expect([bench.payments.asked.length, bench.texts.texts.length]).toEqual([1, 0]);
  });

  it('begins with its first charge, and says how to stop', async () => {
    const { channel } = await bench.campaignOnShortcode(recurring);
    await bench.receive('GIV', { channel });
    await bench.handleAll();
    expect(bench.payments.charges).toHaveLength(1);
    expect(await bench.subscriptions()).toMatchObject([{ state: 'Active', nextDueDate: expect.any(String) as string }]);
    expect(bench.texts.texts[0]?.text).toMatch(/^Welcome\n.*GIV STOP.*/s);
  });

  it('is one, however often its number signs up, which is answered each time', async () => {
    const { channel } = await bench.campaignOnShortcode(recurring);
    const guids: string[] = [];
    for (let times = 0; times < 3; times++) guids.push(await bench.receive('GIV', { channel }));
    await bench.handleAll();
    expect(await bench.subscriptions()).toHaveLength(1);
    expect(bench.payments.charges).toHaveLength(1);
    expect(bench.texts.texts).toHaveLength(3);
    for (const guid of guids) expect(await bench.message(guid)).toMatchObject({ state: 'Processed' });
  });

  it('does not begin where its first charge is refused', async () => {
    const { channel } = await bench.campaignOnShortcode(recurring);
    bench.payments.refuse('4520123456');
    await bench.receive('GIV', { channel });
    await bench.handleAll();
    expect(await bench.subscriptions()).toMatchObject([{ state: 'Inactive', nextDueDate: null }]);
  });

  it.each(['GIV STOP', 'giv stop!', 'Stop', 'STOP GIV', ' stop. '])(
    'ends at once by "%s", for nothing',
    async (text) => {
      const { channel } = await bench.campaignOnShortcode(recurring);
      await bench.receive('GIV', { channel });
      await bench.receive(text, { channel });
      await bench.receive(text, { channel });
      await bench.handleAll();
      expect(await bench.subscriptions()).toMatchObject([
        { state: 'Cancelled', cancelCode: 'STOP', nextDueDate: null },
      ]);
      expect(bench.payments.charges).toHaveLength(1);
      expect(bench.texts.texts.slice(1).map((sent) => sent.text)).toEqual(['Goodbye']);
    },
  );

  it.each(['GIV STOP', 'giv 50 stop', 'STOP', 'STOP GIV'])(
    'stands on the text that ends it, "%s", with its keyword, its campaign and what that puts on texts',
    async (text) => {
      const { channel, ...known } = await bench.campaignOnShortcode({ ...recurring, metaData: '{"list":"a"}' });
      await bench.receive('GIV', { channel });
      const guid = await bench.receive(text, { channel });
      await bench.handleAll();
      const stop = { ...known, keyword: 'GIV', subKeyword: null, metaData: '{"list":"a"}' };
      expect(await bench.message(guid)).toMatchObject({ state: 'Processed', ...stop });
    },
  );

  it('that is none leaves a STOP with the keyword that it names, and a bare one with none', async () => {
    const { channel, ...known } = await bench.campaignOnShortcode(recurring);
    const [named, bare] = [await bench.receive('GIV STOP', { channel }), await bench.receive('STOP', { channel })];
    await bench.handleAll();
    expect(await bench.message(named)).toMatchObject({ ...known, state: 'Processed', keyword: 'GIV' });
    const nothing = { keywordGuid: null, keyword: null, campaignGuid: null, metaData: null };
    expect(await bench.message(bare)).toMatchObject({ ...nothing, state: 'Processed' });
  });

  it('stays where a bare STOP may mean several', async () => {
    const { channel } = await bench.campaignOnShortcode(recurring);
    const { campaignGuid } = await bench.addCampaign(recurring);
    await bench.addKeyword({ keyword: 'HJ', campaignGuid, channel });
    for (const text of ['GIV', 'HJ', 'STOP']) await bench.receive(text, { channel });
    await bench.handleAll();
    expect((await bench.subscriptions()).map(({ state }) => state)).toEqual(['Active', 'Active']);
  });
});

describe('a worker that is lost', () => {
  it('leaves its text to the next one, which does what is left', async () => {
    const { channel } = await bench.campaignOnShortcode({ serviceType: 'Single' });
    const guid = await bench.receive('GIV', { channel });
    const claim = await bench.deps.inbox.claim();
    const { charge } = await bench.deps.inbox.plan(claim!);
    await bench.payments.charge({ url: '', secret: null }, charge!, new AbortController().signal); // and dies
    await bench.hurry();
    await bench.handleAll();
    expect(bench.payments.charges).toHaveLength(1);
    expect(await bench.message(guid)).toMatchObject({ state: 'Processed' });
    await expect(bench.deps.inbox.finish(claim!)).rejects.toThrow('no longer the current one');
  });

  it('writes nothing any more once the next one has its text', async () => {
    const { channel } = await bench.campaignOnShortcode();
    const guid = await bench.receive('GIV', { channel });
    const [lost] = [await bench.deps.inbox.claim()];
    await bench.hurry();
    const next = await bench.deps.inbox.claim();
    const { inbox } = bench.deps;
    const writes = [inbox.plan, inbox.finish, inbox.release, (claim: typeof lost) => inbox.postpone(claim!, 60_000)];
    for (const write of writes) await expect(write(lost!)).rejects.toThrow('no longer the current one');
    await inbox.plan(next!);
    await inbox.finish(next!);
    expect(await bench.message(guid)).toMatchObject({ state: 'Processed', errorCode: null });
  });

  it('leaves a text that was decided, and stays so whatever changes meanwhile', async () => {
    const { channel, keywordGuid } = await bench.campaignOnShortcode();
    const guid = await bench.receive('GIV', { channel });
    const { text } = await bench.deps.inbox.plan((await bench.deps.inbox.claim())!);
    await deactivateKeyword(bench.company, keywordGuid);
    await bench.hurry();
    await bench.handleAll();
    expect(bench.texts.texts).toEqual([text]);
    expect(await bench.message(guid)).toMatchObject({ state: 'Processed', keywordGuid, errorCode: null });
  });

  it('three times costs the text its handling', async () => {
    const { channel } = await bench.campaignOnShortcode();
    const guid = await bench.receive('GIV', { channel });
    for (let times = 0; times < 3; times++) {
      expect(await bench.deps.inbox.claim()).toBeDefined();
      await bench.hurry();
    }
    expect(await bench.handleAll()).toBe(0);
    expect(await bench.message(guid)).toMatchObject({ state: 'Error', errorCode: 'parked' });
  });
});

it('handles the texts of one number in the order in which they came, with many workers', async () => {
  const { channel } = await bench.campaignOnShortcode({ replyText: 'ok' });
  const order: string[] = [];
  for (let nth = 0; nth < 20; nth++) await bench.receive(`GIV ${nth}`, { channel });
  const track = {
    ...bench.deps.inbox,
    finish: async (...finished: Parameters<typeof bench.deps.inbox.finish>) => {
      const { receivedText } = await bench.message(finished[0].messageGuid);
      order.push(receivedText);
      await bench.deps.inbox.finish(...finished);
    },
  };
  while (order.length < 20) await Promise.all(Array.from({ length: 4 }, () => bench.handleAll({ inbox: track })));
  expect(order).toEqual(Array.from({ length: 20 }, (_, nth) => `GIV ${nth}`));
});
