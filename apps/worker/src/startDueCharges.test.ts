import { type Charge } from '@muster/messaging/gateways';
import { type DueCharges, type DueClaim } from '@muster/messaging/dueCharges';
import { fakeLog } from '@muster/testing/fakeLog';
import { FakePaymentGateway } from '@muster/testing/fakePaymentGateway';
import { waitFor } from '@muster/testing/waitFor';
import { startDueCharges } from './startDueCharges.ts';

const times = { leaseMs: 10_000, heartbeatMs: 2_000 };
const address = { url: 'https://pay.example.com', secret: null };

/** So many charges in memory, of which a worker is given one after the other. */
function listOf(count: number) {
  const waiting = Array.from({ length: count }, (_, nth): DueClaim => {
    return { chargeGuid: `charge-${nth}`, attempt: 1, companyId: 'CO-1', tries: 1, failingForMs: 0 };
  });
  const settled: string[] = [];
  const charges: DueCharges = {
    claim: () => Promise.resolve(waiting.shift()),
    renew: () => Promise.resolve('held'),
    begin: ({ chargeGuid }) =>
      Promise.resolve({ charge: { key: chargeGuid, msisdn: '4530000001' } as Charge, wasAsked: false }),
    noteUnasked: () => Promise.resolve(),
    settle: ({ chargeGuid }) => Promise.resolve(void settled.push(chargeGuid)),
    giveUp: () => Promise.resolve(),
    postpone: () => Promise.resolve(),
    release: (lease) => Promise.resolve(void waiting.push(lease as DueClaim)),
    takeCrashBack: () => Promise.resolve(),
    gatewaysOf: () => Promise.resolve({ text: null, payment: address }),
  };
  return { charges, waiting, settled };
}

it('makes all charges that are due without waiting for the next look', async () => {
  const { charges, settled } = listOf(200);
  const payments = new FakePaymentGateway();
  const worker = await startDueCharges({ charges, payments, log: fakeLog(), times }, { concurrency: 3 });
  await waitFor(() => settled.length === 200, { what: 'all charges' }); // 200 looks would take minutes
  await worker.close(1_000);
  expect(payments.charges).toHaveLength(200);
});

it('takes no further charge once it is paused, and gives back what it cannot end', async () => {
  const { charges, waiting, settled } = listOf(10);
  const payments = new FakePaymentGateway();
  payments.gate = new Promise(() => undefined);
  const worker = await startDueCharges({ charges, payments, log: fakeLog(), times }, { concurrency: 2 });
  await waitFor(() => payments.asked.length === 2, { what: 'the first charges' });
  worker.pause();
  await worker.close(10);
  expect([waiting.length, settled.length, payments.asked.length]).toEqual([10, 0, 2]);
});
