import { TemporaryFailure } from '@muster/core/errors';
import { smsBench, testMessageLeaseMs } from '@muster/testing/smsBench';
import { waitFor } from '@muster/testing/waitFor';

let bench: Awaited<ReturnType<typeof smsBench>>;
beforeEach(async () => (bench = await smsBench()));
afterEach(() => bench.close());

const away = () => new TemporaryFailure('textGatewayUnavailable', 'it is away');

describe('a text that answers none', () => {
  it('is sent once, as it was asked for', async () => {
    const guid = await bench.storeText({ channel: '1220', senderAlias: 'Gift', text: 'Hello' });
    expect(await bench.sendAll()).toBe(1);
    expect(bench.texts.texts).toEqual([
      { key: guid, channel: '1220', msisdn: '4520123456', text: 'Hello', senderAlias: 'Gift' },
    ]);
    expect(await bench.text(guid)).toEqual({ state: 'sent', gatewayId: 'text-1', errorCode: null, held: false });
    expect(await bench.sendAll()).toBe(0);
  });

  it('is sent once, however often its external id comes, also at once', async () => {
    const guids = await Promise.all([1, 2, 3].map(() => bench.storeText({ externalId: 'receipt-1' })));
    expect(new Set(guids).size).toBe(1);
    expect(await bench.sendAll()).toBe(1);
    await expect(bench.storeText({ externalId: 'receipt-1', text: 'Another' })).rejects.toThrow('other content');
    expect(await bench.sendAll()).toBe(0);
  });

  it('is one where its external id comes again before the first is committed', async () => {
    const waiting = () =>
      bench.db.query(
        `select from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()`,
      );
    let again: Promise<string> | undefined;
    const first = await bench.company.transaction(async (tx) => {
      const guid = await bench.storeTextIn(tx, { externalId: 'receipt-2' });
      again = bench.storeText({ externalId: 'receipt-2' });
      await waitFor(async () => (await waiting()).length > 0, { what: 'the second to wait for the first' });
      return guid;
    });
    expect(await again).toBe(first);
  });

  it('bears a short address for each placeholder', async () => {
    const urls = new Map([
      ['[a]', 'https://example.com/a'],
      ['[b]', 'https://example.com/b'],
    ]);
    await bench.storeText({ text: '[a] [b] [a]', links: { domain: 'kortl.ink', urls } });
    await bench.sendAll();
    const [first, second, third] = bench.texts.texts[0]!.text.split(' ');
    expect([first, second]).toEqual(Array(2).fill(expect.stringMatching(/^https:\/\/kortl\.ink\/s\/\w{6}$/)));
    expect(third).toBe(first);
    const kept = await bench.db.query('select url from sms_short_link where code = $1', [second!.slice(-6)]);
    expect(kept).toEqual([{ url: 'https://example.com/b' }]);
  });

  it('that the gateway will never send is refused, and not asked for again', async () => {
    bench.texts.refuse('4520123456');
    const guid = await bench.storeText();
    await bench.sendAll();
    await bench.hurry();
    expect(await bench.sendAll()).toBe(0);
    expect(await bench.text(guid)).toMatchObject({ state: 'refused', errorCode: 'textRefused' });
  });

  it('is sent once where the reply of the gateway is lost', async () => {
    bench.texts.loseNextReply();
    const guid = await bench.storeText();
    await bench.sendAll();
    expect(await bench.text(guid)).toMatchObject({ state: 'wanted', held: false });
    await bench.hurry();
    await bench.sendAll();
    expect(await bench.text(guid)).toMatchObject({ state: 'sent' });
    expect([bench.texts.asked.length, bench.texts.texts.length]).toEqual([2, 1]);
  });

  it('waits while the gateway is away, and holds no other up', async () => {
    bench.texts.failures.push(away());
    const [late] = [await bench.storeText(), await bench.storeText({ text: 'Second' })];
    expect(await bench.sendAll()).toBe(2);
    expect(bench.texts.texts.map(({ text }) => text)).toEqual(['Second']);
    expect(await bench.text(late)).toMatchObject({ state: 'wanted' });
  });

  it('waits for a gateway that the company has not set, and says so in the log', async () => {
    const gatewaysOf = () => Promise.resolve({ text: null, payment: null });
    const guid = await bench.storeText();
    await bench.sendAll({ outbox: { ...bench.textDeps.outbox, gatewaysOf } });
    expect(await bench.text(guid)).toMatchObject({ state: 'wanted' });
    expect(bench.log.lines).toContainEqual(
      expect.objectContaining({
        event: 'text.failed',
        fields: expect.objectContaining({ code: 'gatewayNotSet' }) as object,
      }),
    );
  });

  it('is given up after a day', async () => {
    const guid = await bench.storeText();
    await bench.db.execute(`update sms_text set first_failed_at = clock_timestamp() - interval '25 h'`);
    bench.texts.failures.push(away());
    await bench.sendAll();
    expect(await bench.text(guid)).toMatchObject({ state: 'refused', errorCode: 'textGatewayUnavailable' });
  });

  it('leaves no number and no word of itself in the log', async () => {
    bench.texts.failures.push(away());
    await bench.storeText({ text: 'Dear Anna' });
    await bench.sendAll();
    expect(JSON.stringify(bench.log.lines)).not.toMatch(/4520123456|Anna/);
  });
});

describe('a worker', () => {
  it('that dies leaves the text to the next one, and writes nothing of it any more', async () => {
    const guid = await bench.storeText();
    const claim = await bench.textDeps.outbox.claim();
    expect(await bench.textDeps.outbox.claim()).toBeUndefined();
    await bench.hurry(); // its lease has run out
    const next = await bench.textDeps.outbox.claim();
    const late = bench.textDeps.outbox.note(claim!, { outcome: 'refused', code: 'late' });
    await expect(late).rejects.toThrow('no longer the current one');
    expect(await bench.textDeps.outbox.renew(claim!)).toBe('lost');
    await bench.textDeps.outbox.note(next!, { outcome: 'sent', gatewayId: 'text-9' });
    expect(await bench.text(guid)).toMatchObject({ state: 'sent', gatewayId: 'text-9' });
  });

  it('that dies of a text three times costs the text', async () => {
    const guid = await bench.storeText();
    for (let times = 0; times < 3; times++) {
      expect(await bench.textDeps.outbox.claim()).toBeDefined();
      await bench.hurry();
    }
    expect(await bench.sendAll()).toBe(0);
    expect(await bench.text(guid)).toMatchObject({ state: 'refused', errorCode: 'parked' });
  });

  it('keeps its lease while the gateway takes its time', async () => {
    const { outbox, texts } = bench.textDeps;
    const guid = await bench.storeText();
    const slow = {
      send: async (...asked: Parameters<typeof texts.send>) => {
        await new Promise((resolve) => setTimeout(resolve, 2 * testMessageLeaseMs));
        expect(await outbox.claim()).toBeUndefined();
        return texts.send(...asked);
      },
    };
    await bench.sendAll({ texts: slow });
    expect(await bench.text(guid)).toMatchObject({ state: 'sent' });
  });

  it('that must go gives its text back uncounted', async () => {
    await bench.storeText();
    const claim = await bench.textDeps.outbox.claim();
    await bench.textDeps.outbox.release(claim!);
    expect(await bench.textDeps.outbox.claim()).toMatchObject({ tries: 1, attempt: 2 });
  });

  // Rounded to milliseconds, a moment may lie ahead: what is to be taken now would be passed over by a worker that comes at once.
  it.each(['sms_message', 'sms_charge', 'sms_text'])('finds the moments of %s as they were written', async (table) => {
    const written = '2026-03-01 00:00:00.0006+00';
    const [kept] = await bench.db.query<{ same: boolean }>(
      `select row.take_at = timestamptz '${written}' as same
       from jsonb_populate_record(null::${table}, '{"take_at": "${written}"}') as row`,
    );
    expect(kept).toEqual({ same: true });
  });

  it('is never given a text that answers one which came in', async () => {
    const { channel } = await bench.campaignOnShortcode();
    await bench.receive('GIV', { channel });
    const claim = await bench.deps.inbox.claim();
    await bench.deps.inbox.plan(claim!);
    expect(await bench.db.query(`select from sms_text where state = 'wanted'`)).toHaveLength(1);
    expect(await bench.textDeps.outbox.claim()).toBeUndefined();
  });
});
