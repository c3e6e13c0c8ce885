import { smsBench } from '@muster/testing/smsBench';
import { cancelSubscriptionByApi, listSubscriptions } from './smsSubscriptions.ts';

let bench: Awaited<ReturnType<typeof smsBench>>;
beforeAll(async () => (bench = await smsBench()));
afterAll(() => bench.close());

it('is not revived by a first charge that was under way when it was cancelled, and the charge is written down', async () => {
  const { channel } = await bench.campaignOnShortcode({ serviceType: 'Recurring' });
  await bench.receive('GIV', { channel });
  const claim = await bench.deps.inbox.claim();
  const { charge } = await bench.deps.inbox.plan(claim!);
  const outcome = await bench.payments.charge({ url: '', secret: null }, charge!, new AbortController().signal);
  const [pending] = await listSubscriptions(bench.company, { pageNumber: 1, pageSize: 1 });
  await bench.company.transaction((tx) => cancelSubscriptionByApi(tx, pending!.subscriptionGuid));

  await bench.deps.inbox.noteCharge(claim!, charge!, outcome);

  expect(await bench.subscriptions()).toMatchObject([{ state: 'Cancelled', cancelCode: 'API', nextDueDate: null }]);
  expect(await bench.db.query('select state from sms_charge')).toEqual([{ state: 'charged' }]);
});
