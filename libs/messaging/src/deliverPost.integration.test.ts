import { type FakeWebhookReceiver } from '@muster/testing/fakeWebhookReceiver';
import { smsBench } from '@muster/testing/smsBench';

let bench: Awaited<ReturnType<typeof smsBench>>;
beforeEach(async () => (bench = await smsBench()));
afterEach(() => bench.close());

const HOUR_MS = 3_600_000;
const texts = (count: number) => Array.from({ length: count }, (_, nth) => `text ${nth}`);

/** Brings texts in and handles them. */
async function handled(...words: string[]) {
  for (const word of words) await bench.receive(word);
  await bench.handleAll();
}

const callback = { callbackUrl: 'https://back.example.com/sent' };
const bodiesOf = ({ seen }: FakeWebhookReceiver) =>
  seen.map(({ body }) => JSON.parse(body) as Record<string, unknown>[]);

describe('a text that came in', () => {
  it('is told of once it is handled, signed, under the id of its post', async () => {
    await bench.nameWebhook();
    const { channel, campaignGuid, keywordGuid } = await bench.campaignOnShortcode({ metaData: '{"a":1}' });
    const { receiver, post, log } = bench.poster();
    const guid = await bench.receive('GIV nu', { channel });
    expect(await post()).toBe(0);

    await bench.handleAll();
    expect(await post()).toBe(1);

    const [row] = await bench.postRows();
    expect(receiver.seen).toMatchObject([
      {
        id: row?.postGuid,
        url: 'https://hooks.example.com/sms',
        type: 'SmsMO.received',
        secret: 'hush of the webhook',
      },
    ]);
    const time = expect.stringMatching(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} \+0[12]00$/) as string;
    expect(bodiesOf(receiver)).toEqual([
      [
        {
          ...{ messageGuid: guid, channel, campaignGuid, keywordGuid, keyword: 'GIV', subKeyword: null },
          ...{ receivedText: 'GIV nu', state: 'Processed', msisdn: '4520123456', metaData: '{"a":1}' },
          ...{ createdTs: time, processedTs: time, merchantId: 1001, errorCode: null, errorDescription: null },
        },
      ],
    ]);
    expect(row).toMatchObject({ state: 'delivered', tries: 1, held: false, errorCode: null });
    expect(log.lines).toMatchObject([{ level: 'info', event: 'post.delivered', fields: { items: 1, tries: 1 } }]);
    expect(await post(30 * HOUR_MS)).toBe(0);
  });

  it('is told of as well where it was given up, or has killed its workers', async () => {
    await bench.nameWebhook();
    const { receiver, post } = bench.poster();
    await bench.receive('given up');
    await bench.deps.inbox.giveUp((await bench.deps.inbox.claim())!, { code: 'lost', message: 'given up' });
    await bench.receive('deadly');
    for (let times = 0; times < 4; times++) {
      await bench.deps.inbox.claim();
      await bench.hurry();
    }
    await post();
    expect(bodiesOf(receiver)).toMatchObject([
      [
        { receivedText: 'given up', state: 'Error', errorCode: '10073' },
        { receivedText: 'deadly', state: 'Error', errorCode: '10068' },
      ],
    ]);
  });

  it('costs nothing where nobody wants to be told', async () => {
    await handled('GIV');
    expect(await bench.poster().post()).toBe(0);
    expect(await bench.postRows()).toEqual([]);
    expect(await bench.db.query('select from sms_message where untold')).toEqual([]);
  });

  it('goes with others of its company, in the order in which they came, a hundred at most', async () => {
    await bench.nameWebhook();
    const words = texts(230);
    await handled(...words);
    const { receiver, post } = bench.poster();
    await post();
    const bodies = bodiesOf(receiver);
    expect(bodies.map(({ length }) => length)).toEqual([100, 100, 30]);
    expect(bodies.flat().map(({ receivedText }) => receivedText)).toEqual(words);
  });

  it('goes with fewer others where they are long', async () => {
    await bench.nameWebhook();
    const words = texts(10).map((text) => text.padEnd(10_000, '\u00e9\u0001'));
    await handled(...words);
    const { receiver, post } = bench.poster();
    await post();
    const bytes = receiver.seen.map(({ body }) => Buffer.byteLength(body));
    expect(Math.max(...bytes)).toBeLessThanOrEqual(262_144);
    expect(Math.max(...bytes)).toBeGreaterThan(131_072);
    expect(bodiesOf(receiver).flat()).toHaveLength(10);
  });

  it('waits for the post before it, so that they come in order, but not for longer than 30 seconds', async () => {
    await bench.nameWebhook();
    const { receiver, post } = bench.poster();
    receiver.statuses.push(...Array<number>(20).fill(503));
    await handled('first');
    await post();
    await handled('second');
    expect(await post(9_000)).toBe(0);
    expect(await post(15_000)).toBe(1); // the first one, again
    expect(await post(32_000)).toBe(1);
    expect(bodiesOf(receiver).map(([item]) => item?.['receivedText'])).toEqual(['first', 'first', 'second']);
    receiver.statuses.length = 0;
    await handled('third');
    expect(await post(43_000)).toBe(2); // the second, again, and after that the third
    expect(bodiesOf(receiver).at(-1)).toMatchObject([{ receivedText: 'third' }]);
  });
});

describe('a post that is not taken', () => {
  it('is tried again when the contract says, as the same post, and then given up', async () => {
    await bench.nameWebhook();
    await handled('Dear Anna');
    const { receiver, post, log } = bench.poster();
    receiver.statuses.push(...Array<number>(20).fill(500));
    let ms = 0;
    const waits = [10, 1800, 3600, 5400, 7200, 9000, 10800, 12600, 14400, 16200];
    expect(await post(ms)).toBe(1);
    for (const wait of waits) {
      expect(await post(ms + wait * 1_000 - 2_000)).toBe(0);
      ms += wait * 1_000 + 1_000;
      expect(await post(ms)).toBe(1);
    }
    expect(await post(ms + 30 * HOUR_MS)).toBe(0);
    expect(receiver.seen).toHaveLength(11);
    expect(new Set(receiver.seen.map(({ id, body }) => id + body)).size).toBe(1);
    expect(await bench.postRows()).toMatchObject([{ state: 'dead', tries: 11, errorCode: 'webhookRefused' }]);
    expect(log.lines.at(-1)).toMatchObject({
      level: 'error',
      event: 'post.givenUp',
      fields: { code: 'webhookRefused' },
    });
    expect(JSON.stringify(log.lines)).not.toMatch(/4520123456|Anna|hush/);
  });

  it.each([
    ['longer', 3_000, 11_000, 2_999_000, 3_002_000],
    ['no longer', 5, 8_000, 8_500, 12_000],
  ])('waits %s than usual where its receiver asks for it', async (...[, askedS, early, late, due]) => {
    await bench.nameWebhook();
    await handled('GIV');
    const { receiver, post } = bench.poster();
    receiver.statuses.push(429);
    receiver.retryAfterMs = askedS * 1_000;
    await post();
    expect([await post(early), await post(late), await post(due)]).toEqual([0, 0, 1]);
  });

  it('is given up at once where its receiver wants no more', async () => {
    await bench.nameWebhook();
    await handled('GIV');
    const { receiver, post } = bench.poster();
    receiver.statuses.push(410);
    await post();
    expect(await bench.postRows()).toMatchObject([{ state: 'dead', tries: 1, errorCode: 'webhookGone' }]);
    expect(await post(30 * HOUR_MS)).toBe(0);
  });

  it('comes to a webhook that was named anew at once, also while a try is under way, and the old try counts no more', async () => {
    await bench.nameWebhook();
    await handled('GIV');
    const old = await bench.postsIn().claim();
    await bench.nameWebhook({ url: 'https://new.example.com/' });
    await bench.postsIn().giveUp(old!, 'webhookGone');
    const { receiver, post } = bench.poster();
    expect(await post()).toBe(1);
    expect(receiver.seen).toMatchObject([{ id: old?.postGuid, url: 'https://new.example.com/' }]);
    expect(await bench.postRows()).toMatchObject([{ state: 'delivered', tries: 1 }]);
  });

  it('waits for the next webhook where the company has taken its own away, as texts do that are in no post', async () => {
    await bench.nameWebhook();
    await handled('posted');
    const { receiver, post } = bench.poster();
    receiver.statuses.push(500);
    await post();
    await handled('not posted');
    await bench.nameWebhook(null);
    expect(await post(HOUR_MS)).toBe(0);
    await bench.nameWebhook();
    expect(await post(2 * HOUR_MS)).toBe(2);
    expect(
      bodiesOf(receiver)
        .flat()
        .map(({ receivedText }) => receivedText),
    ).toEqual(['posted', 'posted', 'not posted']);
  });
});

describe('a text that was asked for', () => {
  it('is told of at its callback once it is sent, or refused', async () => {
    await bench.nameWebhook();
    await bench.storeText({ ...callback, externalId: 'r1', serviceId: 's1' });
    await bench.storeText({ ...callback, msisdn: '4599999999', callbackVerbosity: 'Final' });
    bench.texts.refuse('4599999999');
    const { receiver, post } = bench.poster();
    expect(await post()).toBe(0);
    await bench.sendAll();
    expect(await post()).toBe(2);
    const { url, type, secret } = receiver.seen[0]!;
    expect({ url, type, secret }).toEqual({
      ...{ url: callback.callbackUrl, type: 'SendSms.sent', secret: 'hush of the webhook' },
    });
    const bodies = bodiesOf(receiver).sort(([a], [b]) => String(a?.['msisdn']).localeCompare(String(b?.['msisdn'])));
    expect(bodies).toEqual([
      [
        {
          ...{ textGuid: expect.any(String) as string, externalId: 'r1', serviceId: 's1', channel: '1217' },
          ...{ msisdn: '4520123456', state: 'Sent', errorCode: null },
          ...{ createdTs: expect.any(String) as string, settledTs: expect.any(String) as string },
        },
      ],
      [expect.objectContaining({ state: 'Refused', errorCode: '10065', externalId: null })],
    ]);
  });

  it('is told of without a signature where its company has no webhook', async () => {
    await bench.storeText(callback);
    await bench.sendAll();
    const { receiver, post } = bench.poster();
    await post();
    expect(receiver.seen).toMatchObject([{ url: callback.callbackUrl, secret: null }]);
  });

  it('is told of to nobody without an address, or where it says so', async () => {
    await bench.storeText();
    await bench.storeText({ ...callback, callbackVerbosity: 'None' });
    await bench.sendAll();
    expect(await bench.poster().post()).toBe(0);
    expect(await bench.postRows()).toEqual([]);
  });
});
