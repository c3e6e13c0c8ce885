import { TemporaryFailure } from '@muster/core/errors';
import { paymentGatewayContract } from './contracts/paymentGatewayContract.ts';
import { FakePaymentGateway } from './fakePaymentGateway.ts';

describe('the payment gateway in memory', () => {
  paymentGatewayContract(async () => {
    const gateway = new FakePaymentGateway();
    const postponed = (retryAfterMs: number) =>
      new TemporaryFailure('paymentGatewayUnavailable', 'not now', { details: { retryAfterMs } });
    return {
      ...{ gateway, at: { url: 'https://pay.example.com/charges', secret: null } },
      refuse: (msisdn, refusal) => gateway.refuse(msisdn, refusal),
      allow: (msisdn) => gateway.allow(msisdn),
      loseNextReply: () => gateway.loseNextReply(),
      postponeNext: (retryAfterS) => void gateway.failures.push(postponed(retryAfterS * 1_000)),
      fallSilent: () => {
        gateway.gate = new Promise(() => undefined);
        return { seen: () => gateway.asked.length, recover: () => (gateway.gate = undefined) };
      },
      charged: () => gateway.charges,
    };
  });
});
