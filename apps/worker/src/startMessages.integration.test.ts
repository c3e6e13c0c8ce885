import { FakeTaskBell } from '@muster/testing/fakeTaskBell';
import { smsBench } from '@muster/testing/smsBench';
import { waitFor } from '@muster/testing/waitFor';
import { startMessages } from './startMessages.ts';

let bench: Awaited<ReturnType<typeof smsBench>>;
beforeEach(async () => (bench = await smsBench()));
afterEach(() => bench.close());

it.each(['rung for', 'not rung for'])(
  'works on texts that come in and on those that are to be sent, %s',
  async (how) => {
    const bell = new FakeTaskBell();
    const { channel } = await bench.campaignOnShortcode({ replyText: 'Thank you' });
    const worker = await startMessages({ ...bench.deps, ...bench.textDeps, bell }, { concurrency: 1 });

    const guids = [await bench.receive('GIV', { channel }), await bench.storeText({ text: 'Hello' })];
    if (how === 'rung for') await bell.ringTasks('messages', guids);

    await waitFor(async () => bench.texts.texts.length === 2, { what: 'both texts' });
    await worker.close(2_000);
    expect(bench.texts.texts.map(({ text }) => text).sort()).toEqual(['Hello', 'Thank you']);
    expect(await bench.text(guids[1]!)).toMatchObject({ state: 'sent' });
    expect(await bench.message(guids[0]!)).toMatchObject({ state: 'Processed' });
  },
);

it('sends all that nobody has rung for without waiting for the next look', async () => {
  for (let nth = 0; nth < 60; nth++) await bench.storeText();
  const worker = await startMessages(
    { ...bench.deps, ...bench.textDeps, bell: new FakeTaskBell() },
    { concurrency: 2 },
  );
  await waitFor(() => bench.texts.texts.length === 60, { timeoutMs: 10_000, what: 'all texts' }); // 30 looks take 30 s
  await worker.close(2_000);
  expect(await bench.company.query(`select from sms_text where state <> 'sent'`)).toEqual([]);
});

it('gives back what is under way when it must go', async () => {
  const worker = await startMessages(
    { ...bench.deps, ...bench.textDeps, bell: new FakeTaskBell() },
    { concurrency: 1 },
  );
  let open = () => {};
  bench.texts.gate = new Promise((resolve) => (open = resolve));
  const guid = await bench.storeText();
  await waitFor(async () => bench.texts.asked.length === 1, { what: 'the gateway to be asked' });

  await worker.close(0);

  expect(await bench.text(guid)).toMatchObject({ state: 'wanted', held: false });
  open();
  expect(await bench.sendAll()).toBe(1);
  expect(bench.texts.texts).toHaveLength(1);
});
