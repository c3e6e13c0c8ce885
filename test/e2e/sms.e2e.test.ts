import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createApiKey } from '@muster/db/apiKeys';
import { isSigned, startWebhook, status, type Webhook } from '@muster/testing/startWebhook';
import { waitFor } from '@muster/testing/waitFor';
import { hang, loseReply } from '../../tools/gateways/faults.ts';
import { type Gateways, startGateways } from '../../tools/gateways/startGateways.ts';
import { type House, openHouse } from './house.ts';
import { smsClient } from './smsClient.ts';

const OPENING_MS = 90_000;
const SECRET = 'a secret of the gateways';
const WEBHOOK_SECRET = 'a secret of the webhook';

describe.each(['redis', 'postgres'] as const)('texts that come in, with the queue on %s', (backend) => {
  let gateways: Gateways;
  let webhook: Webhook;
  let house: House;
  let carrier = '';
  beforeAll(async () => {
    gateways = await startGateways({ secret: SECRET });
    webhook = await startWebhook();
    house = await openHouse({ backend, settings: { ALLOW_HTTP: `${gateways.place},${webhook.place}` } });
    carrier = (await createApiKey(house.db, { companyId: house.companyId, role: 'carrier' })).key;
    const at = (url: string) => ({ url, secret: SECRET });
    await house.api.call('PUT', `/companies/${house.companyId}`, {
      gateways: { text: at(gateways.textUrl), payment: at(gateways.chargeUrl) },
      smsWebhook: { url: webhook.url, secret: WEBHOOK_SECRET },
    });
  }, OPENING_MS);
  afterAll(async () => {
    await house.close();
    await Promise.all([gateways.stop(), webhook.stop()]);
  }, OPENING_MS);

  const sms = (...args: Parameters<ReturnType<typeof smsClient>>) => smsClient(house)(...args);
  const newCampaign = async (keyword: string, change: object = {}) => {
    const { json } = await sms('/campaign', {
      ...{ campaignName: 'Gift', replyText: 'Thank you for [amount]', serviceType: 'Single', unitPrice: 20 },
      ...{ contentType: 'DigitalService', amount: 20, amountTotal: 20, invoiceText: 'Gift', revenueText: 'Gifts' },
      ...change,
    });
    const { campaignGuid } = json;
    expect((await sms('/keyword', { keyword: `${keyword}${backend}`, campaignGuid })).status).toBe(201);
  };
  let numbers = 0;
  const bring = async (text: string) => {
    const msisdn = `45201${String(10_000 + ++numbers)}`;
    const message = { messageId: randomUUID(), msisdn, channel: '1217', text: text.replace('*', backend) };
    const { status, json } = await sms('/SmsMO', message, carrier);
    expect(status).toBe(200);
    return { msisdn, guid: String((json as unknown as { messageGuid: string }[])[0]?.messageGuid), message };
  };
  const settled = (guid: string) =>
    waitFor(
      async () => {
        const { json } = await sms(`/SmsMO/${guid}`);
        return json['state'] === 'Received' ? undefined : json;
      },
      { timeoutMs: 40_000, everyMs: 50, what: 'the text to be settled' },
    );
  const doneFor = (msisdn: string) => ({
    charges: gateways.charges.filter((done) => done.msisdn === msisdn).length,
    texts: gateways.texts.filter((done) => done.msisdn === msisdn).map((done) => done.text),
  });

  it('are charged and answered, and brought in twice are one', async () => {
    await newCampaign('GIV');
    const { msisdn, guid, message } = await bring('giv*');
    await sms('/SmsMO', message, carrier);
    expect(await settled(guid)).toMatchObject({ state: 'Processed', msisdn, errorCode: null });
    expect(doneFor(msisdn)).toEqual({ charges: 1, texts: ['Thank you for 20'] });
  });

  it('are charged once where the gateway’s reply is lost, or its worker is killed while it waits', async () => {
    await newCampaign('LOST');
    gateways.plan(loseReply(), { path: '/charges', times: 1 });
    const lost = await bring('lost*');
    await settled(lost.guid);
    expect(doneFor(lost.msisdn)).toEqual({ charges: 1, texts: ['Thank you for 20'] });

    gateways.plan(hang(), { path: '/charges', times: 1 });
    const hung = await bring('lost*');
    await waitFor(() => gateways.requests.length > 0 && doneFor(hung.msisdn).charges === 1, {
      ...{ timeoutMs: 20_000, what: 'the charge that is not answered' },
    });
    await house.workers[0]?.kill();
    await house.startWorker();
    expect(await settled(hung.guid)).toMatchObject({ state: 'Processed' });
    expect(doneFor(hung.msisdn)).toEqual({ charges: 1, texts: ['Thank you for 20'] });
  });

  it('sign up, and stop', async () => {
    await newCampaign('ABO', {
      ...{ serviceType: 'Recurring', agreementName: 'Gift', agreementType: 'Personal', cancelReplyText: 'Goodbye' },
      ...{ scheduleType: 'Monthly', scheduleBaseTier: 1, scheduleFixedDay: 1, scheduleEveryOther: 1 },
    });
    const { msisdn, guid } = await bring('ABO*');
    await settled(guid);
    const stop = { messageId: randomUUID(), msisdn, channel: '1217', text: 'Stop' };
    const { json } = await sms('/SmsMO', stop, carrier);
    await settled(String((json as unknown as { messageGuid: string }[])[0]?.messageGuid));
    expect(doneFor(msisdn).charges).toBe(1);
    expect(doneFor(msisdn).texts.at(-1)).toBe('Goodbye');
  });

  /** The requests that have told of a text, once there are so many. */
  const toldOf = (guid: string, times = 1) =>
    waitFor(
      () => {
        const told = webhook.told.filter(({ body }) => body.includes(guid));
        return told.length < times ? undefined : told;
      },
      { timeoutMs: 30_000, what: 'the webhook to be told' },
    );

  it('are told of at the webhook as the API shows them, signed, and again under the same id if it fails', async () => {
    webhook.always(status(503));
    const { guid } = await bring('no keyword *');
    const shown = await settled(guid);
    await toldOf(guid);
    webhook.always(undefined);
    const [first, again] = await toldOf(guid, 2);
    expect(again).toMatchObject({ id: first?.id, body: first?.body, type: 'SmsMO.received' });
    expect(JSON.parse(again?.body ?? '')).toContainEqual(shown);
    for (const told of webhook.told) expect(isSigned(told, Buffer.from(WEBHOOK_SECRET))).toBe(true);
  });

  it('have a counterpart in texts that are sent, whose callback is told', async () => {
    const text = { msisdn: '4520199999', text: 'Thank you for all', callbackUrl: webhook.url, externalId: backend };
    const { json } = await sms('/SendSms', text);
    const [told] = await toldOf(String(json['textGuid']));
    expect(told?.type).toBe('SendSms.sent');
    expect(JSON.parse(told?.body ?? '')).toMatchObject([{ ...json, state: 'Sent', msisdn: '4520199999' }]);
    expect(isSigned(told!, Buffer.from(WEBHOOK_SECRET))).toBe(true);
  });

  it('leave no number and no text in the logs and jobs', async () => {
    const names = await readdir(house.logs);
    const logs = await Promise.all(names.map((name) => readFile(`${house.logs}/${name}`, 'utf8')));
    expect(logs.join('')).toContain('message.settled');
    expect(logs.join('')).not.toMatch(/45201\d{5}|Thank you for|url-canary|a secret of/);
  });
});
