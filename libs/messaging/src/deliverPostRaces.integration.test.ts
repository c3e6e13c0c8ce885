import { storeMessages } from '@muster/db/sms/smsMessages';
import { insertCompany } from '@muster/testing/factories';
import { FakeWebhookReceiver } from '@muster/testing/fakeWebhookReceiver';
import { smsBench } from '@muster/testing/smsBench';
import { waitFor } from '@muster/testing/waitFor';

let bench: Awaited<ReturnType<typeof smsBench>>;
beforeEach(async () => (bench = await smsBench()));
afterEach(() => bench.close());

const texts = (count: number) => Array.from({ length: count }, (_, nth) => `text ${nth}`);

/** Brings texts in and handles them. */
async function handled(...words: string[]) {
  for (const word of words) await bench.receive(word);
  await bench.handleAll();
}

/** Another company, with so many texts that came in and are handled. */
async function anotherCompany(count: number, url = 'https://other.example.com/') {
  const company = bench.db.forCompany(await insertCompany(bench.db));
  await bench.nameWebhook({ url }, company);
  const incoming = texts(count).map((text) => ({ carrierId: text, channel: '1217', msisdn: '4530000000', text }));
  await storeMessages(company, incoming);
  await bench.handleAll();
  return company;
}

const callback = { callbackUrl: 'https://back.example.com/sent' };
const bodiesOf = ({ seen }: FakeWebhookReceiver) =>
  seen.map(({ body }) => JSON.parse(body) as Record<string, unknown>[]);

describe('a worker', () => {
  it('that dies between sending and recording leaves its post to the next one, as it was', async () => {
    await bench.nameWebhook();
    await handled('one', 'two');
    const dead = await bench.postsIn().claim();
    await handled('three');
    const { receiver, post } = bench.poster();
    expect(await post(20_000)).toBe(0); // held
    expect(await post(62_000)).toBe(2);
    expect(receiver.seen[0]).toMatchObject({ id: dead?.postGuid, body: JSON.stringify(dead?.items) });
    expect(bodiesOf(receiver)[1]).toMatchObject([{ receivedText: 'three' }]);
    await bench.postsIn().postpone(dead!, 10_000, 'late');
    expect(await bench.postRows()).toMatchObject([{ state: 'delivered', tries: 2 }, { state: 'delivered' }]);
  });

  it('that must go gives its post back uncounted', async () => {
    await bench.nameWebhook();
    await handled('GIV');
    const { receiver, post } = bench.poster();
    receiver.gate = new Promise(() => undefined);
    const stop = new AbortController();
    const posting = post(0, stop.signal);
    await waitFor(() => receiver.seen.length === 1);
    expect(await bench.postsIn().claim()).toBeUndefined();
    stop.abort();
    expect(await posting).toBe(0);
    expect(await bench.postRows()).toMatchObject([{ state: 'pending', held: false, tries: 0 }]);
  });

  it('is one of many, and none sends what another does', async () => {
    await bench.nameWebhook();
    await handled(...texts(150));
    await anotherCompany(150);
    await bench.storeText(callback);
    await bench.sendAll();
    const receiver = new FakeWebhookReceiver();
    const workers = texts(4).map(() => bench.poster(receiver));
    for (let round = 0; round < 4; round++) await Promise.all(workers.map(({ post }) => post()));
    expect(new Set(receiver.seen.map(({ id }) => id)).size).toBe(5);
    expect(receiver.seen).toHaveLength(5);
    expect(bodiesOf(receiver).flat()).toHaveLength(301);
  });

  it('spends no try with a key that was replaced', async () => {
    await bench.nameWebhook();
    await handled('GIV');
    await bench.db.execute(`insert into secret_key (id, proof) values ('another', 'x')`);
    await expect(bench.postsIn().claim()).rejects.toMatchObject({ code: 'secretKeyReplaced' });
    expect(await bench.postRows()).toEqual([]);
  });
});

describe('a company whose receiver answers nothing', () => {
  it('holds none of another up, however much it is to be told', async () => {
    for (let nth = 0; nth < 10; nth++) await bench.storeText(callback);
    await bench.sendAll();
    const other = await anotherCompany(1);
    const claims = bench.postsIn();
    const companies: (string | undefined)[] = [];
    for (let nth = 0; nth < 7; nth++) companies.push((await claims.claim())?.companyId);
    expect(companies.filter((id) => id === bench.companyId)).toHaveLength(4);
    expect(companies.slice(0, 2)).toContain(other.companyId); // whoever has fewer under way comes first
    expect(companies.slice(5)).toEqual([undefined, undefined]);
  });

  it('has no more under way than it may, however many workers ask at once', async () => {
    for (let nth = 0; nth < 12; nth++) await bench.storeText(callback);
    await bench.sendAll();
    const claimed = await Promise.all(texts(6).map(() => bench.postsIn().claim()));
    const more = await Promise.all(texts(6).map(() => bench.postsIn().claim()));
    expect([...claimed, ...more].filter((claim) => claim !== undefined)).toHaveLength(4);
    const later = bench.postsIn(61_000); // those leases have run out
    expect(await later.claim()).toBeDefined();
  });
});
