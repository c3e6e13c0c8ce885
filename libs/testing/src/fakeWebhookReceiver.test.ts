import { webhookReceiverContract } from './contracts/webhookReceiverContract.ts';
import { FakeWebhookReceiver } from './fakeWebhookReceiver.ts';

describe('the fake', () => {
  webhookReceiverContract(async () => {
    const receiver = new FakeWebhookReceiver();
    return {
      ...{ receiver, url: 'https://hooks.example.com/' },
      answer: (status, retryAfterS) => {
        receiver.statuses.push(status);
        receiver.retryAfterMs = retryAfterS === undefined ? undefined : retryAfterS * 1000;
      },
      fallSilent: () => void (receiver.gate = new Promise(() => undefined)),
      seen: () => receiver.seen.map(({ id, body }) => ({ id, body })),
    };
  });
});
