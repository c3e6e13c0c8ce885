import { createHmac } from 'node:crypto';
import { answerWith, hang, loseReply, redirectTo, replaceBody, tryLater } from './faults.ts';
import { type Gateways, startGateways } from './startGateways.ts';

const words = { type: 'text', channel: '1217', msisdn: '4512345678', text: 'Tak 💛', senderAlias: null };
const donation = {
  ...{
    type: 'charge',
    channel: '1217',
    msisdn: '4512345678',
    amount: '20.00',
    amountVat: '0.00',
    amountTotal: '20.00',
  },
  ...{ currencyCode: 'DKK', invoiceText: 'Tak', contentType: 'HumanitarianDonation', purposeAccountingCode: null },
  reference: 'IM-2345-6789',
};

let gateways: Gateways;
beforeEach(async () => void (gateways = await startGateways()));
afterEach(() => gateways.stop());

interface Posting {
  key?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

async function post(url: string, fields: unknown, { key = 'key-1', headers = {}, signal }: Posting = {}) {
  const response = await fetch(url, {
    ...{ method: 'POST', redirect: 'manual', body: JSON.stringify(fields) },
    headers: { 'content-type': 'application/json', 'idempotency-key': key, 'webhook-id': key, ...headers },
    ...(signal && { signal }),
  });
  const text = await response.text();
  return { status: response.status, retryAfter: response.headers.get('retry-after'), told: parsed(text) };
}

function parsed(text: string) {
  return text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : text;
}

it('sends a text and charges a number, and shows both to whoever looks', async () => {
  const { told: text } = await post(gateways.textUrl, words);
  const { told: charge } = await post(gateways.chargeUrl, donation);

  expect(gateways.texts).toMatchObject([{ key: 'key-1', msisdn: '4512345678', text: 'Tak 💛', ...(text as object) }]);
  expect(gateways.charges).toMatchObject([{ key: 'key-1', amountTotal: '20.00', ...(charge as object) }]);
  expect(await (await fetch(gateways.textUrl)).json()).toEqual(gateways.texts);
  expect(await (await fetch(gateways.chargeUrl)).json()).toEqual(gateways.charges);
});

it('does once what comes under one key, gives the same answer each time, and remembers all that came', async () => {
  const first = await post(gateways.textUrl, words);

  expect(await post(gateways.textUrl, words)).toEqual(first);
  expect(gateways.texts).toHaveLength(1);
  expect(gateways.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /texts', 'POST /texts']);
});

it('refuses another body under a key that it knows', async () => {
  await post(gateways.chargeUrl, donation);

  expect(await post(gateways.chargeUrl, { ...donation, amountTotal: '30.00' })).toMatchObject({
    ...{ status: 422, told: { code: 'keyUsedForAnotherRequest' } },
  });
  expect(gateways.charges).toMatchObject([{ amountTotal: '20.00' }]);
});

it('keeps the keys of texts and charges apart', async () => {
  await post(gateways.textUrl, words);

  expect(await post(gateways.chargeUrl, donation)).toMatchObject({ status: 200 });
});

it('refuses the numbers that it was told to, until it is told otherwise, each key with one answer', async () => {
  gateways.refuseTexts('4512345678');
  gateways.refuseCharges('4512345678', { code: 'unknownSubscriber', paymentMethodLost: true });
  const refusal = { status: 402, told: { code: 'unknownSubscriber', paymentMethodLost: true } };

  expect(await post(gateways.textUrl, words)).toMatchObject({ status: 400, told: { code: 'numberRefused' } });
  expect(await post(gateways.chargeUrl, donation)).toMatchObject(refusal);
  expect(await post(gateways.chargeUrl, { ...donation, msisdn: '4587654321' }, { key: 'key-2' })).toMatchObject({
    status: 200,
  });
  gateways.allow('4512345678');
  expect(await post(gateways.chargeUrl, donation)).toMatchObject(refusal);
  expect(await post(gateways.chargeUrl, donation, { key: 'key-3' })).toMatchObject({ status: 200 });
  expect(gateways.charges.map(({ key }) => key)).toEqual(['key-2', 'key-3']);
  expect(gateways.texts).toEqual([]);
});

it.each<[string, unknown, string]>([
  ['a field that is missing', { ...words, senderAlias: undefined }, 'senderAlias'],
  ['a number with a plus', { ...words, msisdn: '+4512345678' }, 'msisdn'],
  ['a field that nobody knows', { ...words, extra: 1 }, 'extra'],
  ['a charge', donation, 'type'],
  ['a list', [words], 'type'],
  ['no object', 'text', ''],
])('takes no text in another form: %s', async (_, fields, field) => {
  expect(await post(gateways.textUrl, fields)).toMatchObject({ status: 400, told: { code: 'wrongField', field } });
  expect(gateways.texts).toEqual([]);
});

it.each(['20', '20.0', '20,00', '-20.00', 20])('takes no charge of %j', async (amountTotal) => {
  expect(await post(gateways.chargeUrl, { ...donation, amountTotal })).toMatchObject({
    ...{ status: 400, told: { code: 'wrongField', field: 'amountTotal' } },
  });
  expect(gateways.charges).toEqual([]);
});

it('takes nothing without a key, or with one that is not the signed one', async () => {
  const wrongKey = { status: 400, told: { code: 'wrongKey' } };

  expect(await post(gateways.textUrl, words, { key: '' })).toMatchObject(wrongKey);
  expect(await post(gateways.textUrl, words, { headers: { 'webhook-id': 'another' } })).toMatchObject(wrongKey);
  expect(gateways.texts).toEqual([]);
});

it('has nothing else', async () => {
  expect(await post(gateways.textUrl.replace('texts', 'calls'), words)).toMatchObject({ status: 404 });
  expect((await fetch(gateways.textUrl, { method: 'DELETE' })).status).toBe(405);
});

describe('with a secret', () => {
  const bytes = Buffer.from('0123456789abcdef01234567');
  const body = JSON.stringify(words);
  const at = (seconds: number) => String(Math.floor(Date.now() / 1_000) + seconds);
  const signed = (timestamp: string, key = bytes, of = body) => ({
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${createHmac('sha256', key).update(`key-1.${timestamp}.${of}`).digest('base64')}`,
  });

  it('takes what is signed with it now, and nothing else', async () => {
    const guarded = await startGateways({ secret: `whsec_${bytes.toString('base64')}` });
    const send = (headers: Record<string, string>) => post(guarded.textUrl, words, { headers });
    const wrong = { status: 401, told: { code: 'wrongSignature' } };

    expect(await send({})).toMatchObject(wrong);
    expect(await send(signed(at(0), Buffer.from('another')))).toMatchObject(wrong);
    expect(await send(signed(at(0), bytes, '{}'))).toMatchObject(wrong);
    expect(await send(signed(at(-301)))).toMatchObject(wrong);
    expect(await send(signed('soon'))).toMatchObject(wrong);
    expect(guarded.texts).toEqual([]);
    expect(await send(signed(at(-200)))).toMatchObject({ status: 200 });
    await guarded.stop();
  });

  it('takes one in plain words for its own bytes', async () => {
    const guarded = await startGateways({ secret: 'plain words' });

    expect(await post(guarded.textUrl, words, { headers: signed(at(0), Buffer.from('plain words')) })).toMatchObject({
      status: 200,
    });
    await guarded.stop();
  });
});

describe('a fault', () => {
  it('strikes as often as it is planned, at the gateway that it is for, and nobody who looks', async () => {
    gateways.plan(answerWith(503), { path: '/texts', times: 2 });
    const statuses = [];

    expect((await fetch(gateways.textUrl)).status).toBe(200);
    expect(await post(gateways.chargeUrl, donation)).toMatchObject({ status: 200 });
    for (let i = 0; i < 3; i++) statuses.push((await post(gateways.textUrl, words)).status);

    expect(statuses).toEqual([503, 503, 200]);
  });

  it('is over once it is cleared', async () => {
    gateways.plan(answerWith(500), { times: Infinity });
    gateways.clear();

    expect(await post(gateways.textUrl, words)).toMatchObject({ status: 200 });
  });

  it('that loses the reply has done what was asked', async () => {
    gateways.plan(loseReply());

    await expect(post(gateways.chargeUrl, donation)).rejects.toThrow();

    expect(gateways.charges).toHaveLength(1);
    expect(await post(gateways.chargeUrl, donation)).toMatchObject({ told: { id: gateways.charges[0]!.id } });
    expect(gateways.charges).toHaveLength(1);
  });

  it('that never answers has done what was asked', async () => {
    gateways.plan(hang());

    await expect(post(gateways.textUrl, words, { signal: AbortSignal.timeout(200) })).rejects.toThrow();

    expect(gateways.texts).toHaveLength(1);
  });

  it('that asks to come again, or elsewhere, has done nothing', async () => {
    gateways.plan(tryLater(7));
    gateways.plan(redirectTo('http://127.0.0.1:1/'));

    expect(await post(gateways.textUrl, words)).toMatchObject({ status: 429, retryAfter: '7' });
    expect(await post(gateways.textUrl, words)).toMatchObject({ status: 307 });
    expect(gateways.texts).toEqual([]);
  });

  it('that changes the answer keeps the true one for the next time', async () => {
    gateways.plan(replaceBody('sent!'));

    expect(await post(gateways.textUrl, words)).toMatchObject({ status: 200, told: 'sent!' });
    expect(await post(gateways.textUrl, words)).toMatchObject({ status: 200, told: { id: gateways.texts[0]!.id } });
  });
});
