import { FakeWebhookReceiver } from '@muster/testing/fakeWebhookReceiver';
import { fakeLog } from '@muster/testing/fakeLog';
import { insertCompany } from '@muster/testing/factories';
import { smsBench } from '@muster/testing/smsBench';
import { waitFor } from '@muster/testing/waitFor';
import { storeText } from '@muster/db/sms/smsTexts';
import { type WebhookMessage } from '@muster/pipeline/webhookReceiver';
import { startPosts } from './startPosts.ts';

let bench: Awaited<ReturnType<typeof smsBench>>;
beforeEach(async () => (bench = await smsBench()));
afterEach(() => bench.close());

/** Takes everything but what is for one address, of which it says nothing until it is told to stop. */
class HalfDeaf extends FakeWebhookReceiver {
  readonly taken: string[] = [];
  override async send(message: WebhookMessage, signal: AbortSignal) {
    this.gate = message.url.includes('deaf') ? new Promise(() => undefined) : undefined;
    await super.send(message, signal);
    this.taken.push(message.url);
  }
}

it('tells all others while a receiver answers nothing, and gives back what is under way when it must go', async () => {
  await bench.nameWebhook({ url: 'https://deaf.example.com/' });
  for (let nth = 0; nth < 30; nth++) await bench.storeText({ callbackUrl: 'https://deaf.example.com/back' });
  const other = bench.db.forCompany(await insertCompany(bench.db));
  for (let nth = 0; nth < 30; nth++) {
    await other.transaction((tx) =>
      storeText(tx, {
        ...{ channel: '1217', msisdn: '4530000000', text: 'Hello', senderAlias: null, serviceId: null },
        ...{ externalId: null, links: null, callbackUrl: 'https://fine.example.com/', callbackVerbosity: null },
      }),
    );
  }
  await bench.db.execute(`update sms_text set state = 'sent', settled_at = clock_timestamp()`);
  const receiver = new HalfDeaf();
  const worker = await startPosts({ posts: bench.postsIn(), receiver, log: fakeLog() });

  await waitFor(() => receiver.taken.length === 30, { what: 'all posts of the other company' }); // at one look a second it takes longer
  const unanswered = () => receiver.seen.filter(({ url }) => url.includes('deaf')).length;
  await waitFor(() => unanswered() === 4, { what: 'as many as it may have' });
  await worker.close(0);

  expect(unanswered()).toBe(4);

  const states = await bench.db.query(
    'select state, held, tries, count(*)::int from sms_post group by 1, 2, 3 order by 1',
  );
  expect(states).toEqual([
    { state: 'delivered', held: false, tries: 1, count: 30 },
    { state: 'pending', held: false, tries: 0, count: 30 },
  ]);
});
