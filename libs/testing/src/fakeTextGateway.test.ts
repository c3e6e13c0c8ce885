import { TemporaryFailure } from '@muster/core/errors';
import { textGatewayContract } from './contracts/textGatewayContract.ts';
import { FakeTextGateway } from './fakeTextGateway.ts';

describe('the text gateway in memory', () => {
  textGatewayContract(async () => {
    const gateway = new FakeTextGateway();
    const postponed = (retryAfterMs: number) =>
      new TemporaryFailure('textGatewayUnavailable', 'not now', { details: { retryAfterMs } });
    return {
      ...{ gateway, at: { url: 'https://sms.example.com/texts', secret: null } },
      refuse: (msisdn) => gateway.refuse(msisdn),
      loseNextReply: () => gateway.loseNextReply(),
      postponeNext: (retryAfterS) => void gateway.failures.push(postponed(retryAfterS * 1_000)),
      fallSilent: () => {
        gateway.gate = new Promise(() => undefined);
        return { seen: () => gateway.asked.length, recover: () => (gateway.gate = undefined) };
      },
      sent: () => gateway.texts,
    };
  });
});
