import { type OutgoingText } from '@muster/messaging/gateways';
import { textGatewayContract } from '@muster/testing/contracts/textGatewayContract';
import { answerWith, hang, loseReply, tryLater } from '../../../../tools/gateways/faults.ts';
import { failureOf, gatewaysBench, thanks } from '../../../../tools/gateways/gatewaysBench.ts';
import { textGateway } from './textGateway.ts';

const never = new AbortController().signal;
const { gateways, settings, textsAt } = gatewaysBench();
const send = (change: Partial<OutgoingText> = {}) =>
  textGateway(settings()).send(textsAt(), { ...thanks, ...change }, never);

describe('the adapter', () => {
  textGatewayContract(async () => ({
    ...{ gateway: textGateway(settings()), at: textsAt() },
    refuse: (msisdn) => gateways().refuseTexts(msisdn),
    loseNextReply: () => gateways().plan(loseReply()),
    postponeNext: (retryAfterS) => gateways().plan(tryLater(retryAfterS)),
    fallSilent: () => {
      gateways().plan(hang(), { times: Infinity });
      return { seen: () => gateways().requests.length, recover: () => gateways().clear() };
    },
    sent: () => [...gateways().texts],
  }));
});

it('says what is to be sent and nothing else, under the key of the text', async () => {
  await send(Object.assign({ note: 'for us only' }, thanks));

  const [request] = gateways().requests;
  expect(request).toMatchObject({
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', 'idempotency-key': 'key-canary-1', 'webhook-id': 'key-canary-1' },
      'webhook-signature': expect.stringMatching(/^v1,/) as string,
    },
  });
  expect(JSON.parse(request!.body)).toEqual({
    ...{ type: 'text', channel: '1217', msisdn: '4512345678' },
    ...{ text: 'text-canary 💛', senderAlias: 'alias-canary' },
  });
});

it('shows no name where there is none', async () => {
  await send({ senderAlias: null });

  expect(gateways().texts).toMatchObject([{ senderAlias: null }]);
});

it.each([400, 402, 410, 413, 415, 422, 451])('gives a text up that is answered with %i', async (status) => {
  gateways().plan(answerWith(status, {}, '{"code":"body-canary"}'));

  expect(await failureOf(send())).toMatchObject({
    ...{ name: 'PermanentFailure', code: 'textRefused', details: { status } },
  });
  expect(gateways().requests).toHaveLength(1);
});
