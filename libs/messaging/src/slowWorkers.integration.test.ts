import { dueBench } from '@muster/testing/dueBench';
import { waitFor } from '@muster/testing/waitFor';
import { chargeDue } from './chargeDue.ts';
import { handleMessage } from './handleMessage.ts';
import { sendText } from './sendText.ts';

let bench: Awaited<ReturnType<typeof dueBench>>;
beforeEach(async () => (bench = await dueBench()));
afterEach(() => bench.close());

const DAY = '2031-03-05';
const never = new AbortController().signal;

type Postpone = (claim: never, delayMs: number) => Promise<void>;

/** Takes what there is, and begins with it, after whoever has it was taken for lost. */
const takers: Record<string, () => Promise<(() => Promise<void>) | undefined>> = {
  message: async () => {
    await bench.hurry();
    const claim = await bench.deps.inbox.claim();
    return claim && (() => handleMessage(claim, bench.deps, never));
  },
  text: async () => {
    await bench.hurry();
    const claim = await bench.textDeps.outbox.claim();
    return claim && (() => sendText(claim, bench.textDeps, never));
  },
  charge: async () => {
    await bench.hurryCharges();
    const deps = bench.depsAt(DAY);
    const claim = await deps.charges.claim();
    return claim && (() => chargeDue(claim, deps, never));
  },
};
const begin: Record<string, () => Promise<unknown>> = {
  message: async () => bench.receive('GIV', await bench.campaignOnShortcode({ serviceType: 'Single' })),
  text: () => bench.storeText(),
  charge: async () => {
    await bench.subscribe({ nextDue: DAY });
    await bench.sweep(DAY);
  },
};

it.each(['message', 'text', 'charge'])(
  'a %s that was put off stays so, also where a heartbeat comes late',
  async (kind) => {
    await begin[kind]?.();
    const { charges } = bench.depsAt(DAY);
    const stores: Record<string, { claim(): Promise<unknown>; renew(of: never): unknown; postpone: Postpone }> = {
      ...{ message: bench.deps.inbox, text: bench.textDeps.outbox, charge: charges },
    };
    const store = stores[kind]!;
    const claim = (await store.claim()) as never;
    expect(await store.renew(claim)).toBe('held');
    await store.postpone(claim, 60_000);
    expect(await store.renew(claim)).toBe('lost');
    const [row] = await bench.db.query(
      `select take_at > clock_timestamp() + interval '50 s' as "isPutOff" from sms_${kind} where attempt = 1`,
    );
    expect(row).toEqual({ isPutOff: true });
  },
);

it.each(['message', 'text', 'charge'])('a %s whose workers are slow, and live, is not given up', async (kind) => {
  await begin[kind]?.();
  let open = () => {};
  bench.texts.gate = bench.payments.gate = new Promise((resolve) => (open = resolve));
  let slow: Promise<void> = Promise.resolve();
  for (let times = 0; times < 5; times++) {
    const take = await waitFor(takers[kind]!, { what: `the ${kind} to be taken the ${times + 1}. time` });
    await slow; // it has found out
    slow = take();
  }
  open();
  await slow;
  expect(bench.texts.texts.length + bench.payments.charges.length).toBe(kind === 'message' ? 2 : 1);
  const events = bench.log.lines.map(({ event }) => event);
  expect(events.filter((event) => event === `${kind}.lost`)).toHaveLength(4);
  expect(events.at(-1)).toBe(`${kind}.settled`);
});
