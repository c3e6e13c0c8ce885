import { type Charge } from '@muster/messaging/gateways';
import { paymentGatewayContract } from '@muster/testing/contracts/paymentGatewayContract';
import { answerWith, hang, loseReply, tryLater } from '../../../../tools/gateways/faults.ts';
import { donation, failureOf, gatewaysBench } from '../../../../tools/gateways/gatewaysBench.ts';
import { paymentGateway } from './paymentGateway.ts';

const never = new AbortController().signal;
const { gateways, settings, chargesAt } = gatewaysBench();
const charge = (change: Partial<Charge> = {}) =>
  paymentGateway(settings()).charge(chargesAt(), { ...donation, ...change }, never);

describe('the adapter', () => {
  paymentGatewayContract(async () => ({
    ...{ gateway: paymentGateway(settings()), at: chargesAt() },
    refuse: (msisdn, { code, methodLost }) => gateways().refuseCharges(msisdn, { code, paymentMethodLost: methodLost }),
    allow: (msisdn) => gateways().allow(msisdn),
    loseNextReply: () => gateways().plan(loseReply()),
    postponeNext: (retryAfterS) => gateways().plan(tryLater(retryAfterS)),
    fallSilent: () => {
      gateways().plan(hang(), { times: Infinity });
      return { seen: () => gateways().requests.length, recover: () => gateways().clear() };
    },
    charged: () => [...gateways().charges],
  }));
});

it('says what is to be charged and nothing else, under the key of the charge', async () => {
  await charge(Object.assign({ note: 'for us only' }, donation));

  const [request] = gateways().requests;
  expect(request).toMatchObject({
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', 'idempotency-key': 'key-canary-1', 'webhook-id': 'key-canary-1' },
      'webhook-signature': expect.stringMatching(/^v1,/) as string,
    },
  });
  expect(JSON.parse(request!.body)).toEqual({
    ...{ type: 'charge', channel: '1217', msisdn: '4512345678', currencyCode: 'DKK' },
    ...{ amount: '16.00', amountVat: '4.00', amountTotal: '20.00', invoiceText: 'invoice-canary æ' },
    ...{ contentType: 'DigitalService', purposeAccountingCode: 'code-canary', reference: 'reference-canary' },
  });
});

it('takes a method for kept that is not said to be lost', async () => {
  gateways().plan(answerWith(402, {}, '{"code":"insufficientFunds"}'));

  expect(await charge()).toEqual({ outcome: 'refused', code: 'insufficientFunds', methodLost: false });
});

it.each([
  ...['', 'no', '[]', '{}', '{"paymentMethodLost":true}', '{"code":""}', '{"code":7}', '{"code":"two words"}'],
  ...['{"code":"a\\u202eb"}', `{"code":"${'x'.repeat(51)}"}`, '{"code":"canary","paymentMethodLost":"true"}'],
])('takes a 402 that is not the gateway’s own word for no answer, and asks again: %s', async (body) => {
  gateways().plan(answerWith(402, {}, body));

  expect(await failureOf(charge())).toMatchObject({ name: 'TemporaryFailure', code: 'paymentGatewayMalformed' });
  expect(await charge()).toMatchObject({ outcome: 'charged' });
  expect(gateways().charges).toHaveLength(1);
});

it.each([400, 410, 413, 415, 422, 451])('charges nobody upon a request that is answered with %i', async (status) => {
  gateways().plan(answerWith(status, {}, '{"code":"body-canary","paymentMethodLost":true}'));

  expect(await failureOf(charge())).toMatchObject({
    ...{ name: 'PermanentFailure', code: 'chargeNotUnderstood', details: { status } },
  });
  expect(gateways().requests).toHaveLength(1);
});
