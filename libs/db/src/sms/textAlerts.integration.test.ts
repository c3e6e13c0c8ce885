import { randomBytes } from 'node:crypto';
import { openSecretBox } from '@muster/core/secretBox';
import { deliverAlerts } from '@muster/pipeline/deliverAlerts';
import { FakeWebhookReceiver } from '@muster/testing/fakeWebhookReceiver';
import { smsBench } from '@muster/testing/smsBench';
import { waitFor } from '@muster/testing/waitFor';
import { alertOutbox } from '../alertOutbox.ts';
import { alertColumns, type AlertRow } from '../alerts.ts';
import { settleUnknownCharge } from './smsCharges.ts';

let bench: Awaited<ReturnType<typeof smsBench>>;
beforeEach(async () => (bench = await smsBench()));
afterEach(() => bench.close());

const box = openSecretBox({ key: randomBytes(32).toString('base64') });
const single = { serviceType: 'Single', replyText: 'Thank you' } as const;
const alerts = (kind: string) =>
  bench.db.query<AlertRow>(`select ${alertColumns} from alert item where kind = $1 order by created_at, id`, [kind]);
const openOnes = async () => (await alerts('charge.unknown')).map(({ resolvedAt }) => resolvedAt === null);

/** Texts whose charge is made and never answered for a day, one of each number; gives the guids of their charges. */
async function givenUp(count: number, channel: string) {
  for (let nth = 0; nth < count; nth++) {
    bench.payments.loseNextReply();
    await bench.receive('GIV hush', { channel, msisdn: `45200000${nth}` });
  }
  await bench.db.execute(
    `update sms_message set first_failed_at = clock_timestamp() - interval '25 h' where state = 'Received'`,
  );
  await bench.handleAll();
  const rows = await bench.db.query<{ guid: string }>(
    `select guid from sms_charge where channel = $1 and state = 'unknown' order by created_at`,
    [channel],
  );
  return rows.map(({ guid }) => guid);
}
const settle = (guid: string) =>
  bench.company.transaction((tx) => settleUnknownCharge(tx, guid, { outcome: 'refused', by: 'key1' }));

describe('charges of which nobody knows', () => {
  it('raise one alert of their campaign, which the last that is settled closes', async () => {
    const { channel, campaignGuid } = await bench.campaignOnShortcode(single);
    const other = await bench.campaignOnShortcode(single);
    const [first = '', second = ''] = await givenUp(2, channel);
    await givenUp(1, other.channel);
    const raised = { campaignName: 'Test', runId: null, code: 'chargeUnknown', resolvedAt: null, webhook: 'none' };
    expect(await alerts('charge.unknown')).toMatchObject([
      { ...raised, campaignId: campaignGuid },
      { ...raised, campaignId: other.campaignGuid },
    ]);
    await settle(first);
    expect(await openOnes()).toEqual([true, true]);
    await settle(second);
    expect(await openOnes()).toEqual([false, true]);
  });

  it('raise another alert on another day, also while the first is open', async () => {
    const { channel } = await bench.campaignOnShortcode(single);
    await givenUp(1, channel);
    await bench.db.execute(`update alert set created_at = created_at - interval '1 day'`);
    const guids = await givenUp(2, channel);
    expect(await openOnes()).toEqual([true, true]);
    for (const guid of guids) await settle(guid);
    expect(await openOnes()).toEqual([false, false]);
  });

  it('raise it anew where the last is settled while the next comes', async () => {
    const { channel } = await bench.campaignOnShortcode(single);
    const [first = '', next = ''] = await givenUp(2, channel);
    await settle(next);
    let settling: Promise<unknown> | undefined;
    await bench.db.transaction(async (tx) => {
      await tx.execute(`update sms_charge set state = 'unknown' where guid = $1`, [next]);
      await tx.execute('set constraints all immediate'); // as at its end, which comes only now
      settling = settle(first);
      const waits = `select from pg_locks where locktype = 'advisory' and not granted`;
      await waitFor(async () => (await bench.db.query(waits)).length > 0, { what: 'the settling to wait' });
    });
    await settling;
    expect(await openOnes()).toEqual([true]);
  });

  it('raise nothing where they are not written down', async () => {
    const { channel } = await bench.campaignOnShortcode(single);
    await bench.receive('GIV', { channel });
    await bench.deps.inbox.plan((await bench.deps.inbox.claim())!);
    const giving = bench.db.transaction(async (tx) => {
      await tx.execute(`update sms_charge set state = 'unknown'`);
      await tx.execute('set constraints all immediate');
      throw new Error('the worker is gone');
    });
    await expect(giving).rejects.toThrow('gone');
    expect(await bench.db.query('select from alert')).toEqual([]);
  });
});

describe('a text that is given up', () => {
  it('raises an alert of its campaign and reason, once a day, which is to be told to the company', async () => {
    await bench.db.execute(`update company set alert_webhook = '{"url": "https://hooks.example.com", "secret": null}'`);
    const { channel, campaignGuid } = await bench.campaignOnShortcode(single);
    await givenUp(3, channel);
    const ofCampaign = { campaignId: campaignGuid, campaignName: 'Test', code: 'paymentGatewayUnavailable' };
    expect(await alerts('message.givenUp')).toMatchObject([
      { ...ofCampaign, resolvedAt: null, webhook: 'pending', tries: 0, nextTryAt: expect.any(Date) as Date },
    ]);
    expect(JSON.stringify(await bench.db.query('select * from alert'))).not.toMatch(/45200000|hush|Thank you/);

    const receiver = new FakeWebhookReceiver();
    await deliverAlerts({ outbox: alertOutbox(bench.db, box), receiver, log: bench.log }, new AbortController().signal);
    const told = receiver.seen.map(({ body }) => JSON.parse(body) as { type: string; data: object });
    expect(told.map(({ type }) => type).sort()).toEqual(['charge.unknown', 'message.givenUp']);
    for (const { data } of told)
      expect(data).toMatchObject({ campaignId: campaignGuid, campaignName: 'Test', runId: null });
    expect(JSON.stringify(told)).not.toMatch(/45200000|hush|Thank you/);
  });

  it('raises one, too, where it was never decided: it has killed its workers', async () => {
    const guid = await bench.receive('GIV');
    for (let times = 0; times < 3; times++) {
      await bench.deps.inbox.claim();
      await bench.hurry();
    }
    await bench.handleAll();
    const message = expect.stringContaining(`/sms/SmsMO/${guid}`) as string;
    const [alert] = await alerts('message.givenUp');
    expect(alert).toMatchObject({ campaignId: null, campaignName: null, code: 'parked', message });
  });
});

it.each([
  ['without a keyword', 'Hello', () => undefined],
  ['of a number that is refused', 'GIV', () => bench.payments.refuse('4520123456')],
  ['whose answer is refused', 'GIV', () => bench.texts.refuse('4520123456')],
])('a text %s raises none: nobody can do anything about it', async (_, words, prepare) => {
  const { channel } = await bench.campaignOnShortcode(single);
  prepare();
  const guid = await bench.receive(words, { channel });
  await bench.handleAll();
  expect(await bench.message(guid)).toMatchObject({ state: 'Error' });
  expect(await bench.db.query('select from alert')).toEqual([]);
});
