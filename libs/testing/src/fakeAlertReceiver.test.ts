import { alertReceiverContract } from './contracts/alertReceiverContract.ts';
import { FakeAlertReceiver } from './fakeAlertReceiver.ts';

describe('the fake', () => {
  alertReceiverContract(async () => {
    const receiver = new FakeAlertReceiver();
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
