import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { smsCaller } from '@muster/testing/smsCaller';
import { waitFor } from '@muster/testing/waitFor';
import { createApi } from '../../createApi.ts';

let bench: ApiBench;
const rung: string[] = [];
beforeAll(async () => {
  const onMessagesStored = (guids: string[]) => void rung.push(...guids);
  bench = await apiBench((deps) => createApi({ ...deps, onMessagesStored }));
});
afterAll(() => bench.close());

const call = (...args: Parameters<ReturnType<typeof smsCaller>>) => smsCaller(bench)(...args);
const send = (body: object, key = bench.own.keys.admin) =>
  call('POST', '/SendSms', { body: JSON.stringify(body), key });
const plain = { msisdn: '4520123456', text: 'Hello' };

async function stored(textGuid: unknown) {
  const [row] = await bench.db.query(
    `select kind, state, channel, msisdn, text, sender_alias as alias, service_id as service, callback_url as callback,
       callback_verbosity as verbosity from sms_text where guid = $1`,
    [textGuid],
  );
  return row;
}

describe('a text', () => {
  it('is stored to be sent, and the workers are rung for', async () => {
    const { status, json } = await send({ ...plain, msisdn: '+45 20 12 34 56'.replaceAll(' ', '') });
    expect({ status, json }).toEqual({ status: 200, json: { textGuid: json['textGuid'], externalId: null } });
    expect(await stored(json['textGuid'])).toEqual({
      ...{ kind: 'sent', state: 'wanted', channel: '1217', msisdn: '4520123456', text: 'Hello' },
      ...{ alias: null, service: null, callback: null, verbosity: null },
    });
    await waitFor(async () => rung.includes(String(json['textGuid'])), { what: 'the ring' });
  });

  it('is kept with all that was said of it', async () => {
    const callback = { callbackUrl: 'https://example.com/sent', callbackVerbosity: 'Final' };
    const { json } = await send({ ...plain, ...callback, channel: '1220', senderAlias: 'Røde Kors', serviceId: 's1' });
    expect(await stored(json['textGuid'])).toMatchObject({
      ...{ channel: '1220', alias: 'Røde Kors', service: 's1', callback: callback.callbackUrl, verbosity: 'Final' },
    });
  });

  it('with an external id that has come before is the first one, and rings for nobody', async () => {
    const [first, other] = [await send({ ...plain, externalId: 'r1' }), await send({ ...plain, externalId: 'r2' })];
    const before = rung.length;
    const again = await send({ ...plain, externalId: 'r1' });
    expect(again).toEqual(first);
    expect(other.json['textGuid']).not.toBe(first.json['textGuid']);
    const ofOthers = await send({ ...plain, externalId: 'r1' }, bench.other.keys.admin);
    expect(ofOthers.json['textGuid']).not.toBe(first.json['textGuid']);
    await waitFor(async () => rung.length > before, { what: 'the ring of the other company' });
    expect(rung.slice(before)).toEqual([ofOthers.json['textGuid']]);
  });

  it.each([
    ['another text', { text: 'Another' }],
    ['another number', { msisdn: '4520999999' }],
    ['another callback', { callbackUrl: 'https://example.com/other' }],
    [
      'other addresses',
      { shortenLink: { shortLinkDomain: 'giiv.dk', urls: [{ placeholder: 'll', url: 'https://b.example' }] } },
    ],
  ])('with an external id that has come before with %s is refused', async (what, change) => {
    const urls = [{ placeholder: 'll', url: 'https://a.example' }];
    const body = { ...plain, externalId: what, shortenLink: { shortLinkDomain: 'giiv.dk', urls } };
    const first = await send(body);
    const other = { ...body, ...change, ...('text' in change && { shortenLink: null }) };
    expect(await send(other)).toMatchObject({ status: 400, errorCode: '10058' });
    expect(await send(body)).toEqual(first);
  });

  it('bears short addresses that lead to the long ones', async () => {
    const url = 'https://example.com/a/long/way';
    const shortenLink = { shortLinkDomain: 'giiv.dk', urls: [{ placeholder: '[link]', url }] };
    const { json } = await send({ ...plain, text: 'Go [link]', shortenLink });
    const { text } = (await stored(json['textGuid']))!;
    expect(text).toMatch(/^Go https:\/\/giiv\.dk\/s\/\w{6}$/);
    const { pathname } = new URL(String(text).slice(3));
    const answer = await fetch(`${bench.url}${pathname}`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, url]);
  });

  it('may be as long as 9 parts, with its addresses shortened', async () => {
    const urls = [{ placeholder: 'x'.repeat(100), url: `https://example.com/${'y'.repeat(1_000)}` }];
    const shortenLink = { shortLinkDomain: 'giiv.dk', urls };
    const short = 'https://giiv.dk/s/123456'.length;
    const text = urls[0]!.placeholder + ' '.repeat(1_377 - short);
    expect(await send({ ...plain, text, shortenLink })).toMatchObject({ status: 200 });
    expect(await send({ ...plain, text: `${text}.`, shortenLink })).toMatchObject({ status: 400 });
  });

  it('is sent by whoever may write', async () => {
    expect(await send(plain, bench.own.keys.carrier)).toMatchObject({ status: 403 });
    expect(await send(plain, bench.own.keys.viewer)).toMatchObject({ status: 403 });
  });
});

it('may be longer as it is written than as it is sent', async () => {
  const placeholder = 'x'.repeat(100);
  const urls = [{ placeholder, url: 'https://example.com' }];
  const shortenLink = { shortLinkDomain: 'giiv.dk', urls };
  expect(await send({ ...plain, text: placeholder.repeat(50), shortenLink })).toMatchObject({ status: 200 });
});

const link = { placeholder: '[x]', url: 'https://example.com' };
const shorten = (urls: object[], shortLinkDomain = 'giiv.dk') => ({
  text: '[x]',
  shortenLink: { shortLinkDomain, urls },
});

it.each<[string, object, string]>([
  ['without a number', { msisdn: undefined }, 'msisdn'],
  ['to a number without its country', { msisdn: '20123456' }, 'msisdn'],
  ['to a name', { msisdn: 'Anna' }, 'msisdn'],
  ['without words', { text: '' }, 'text'],
  ['of spaces', { text: ' \n ' }, 'text'],
  ['from an alias of spaces', { senderAlias: '  ' }, 'senderAlias'],
  ['of ten parts', { text: 'x'.repeat(1_378) }, 'text'],
  ['of many parts', { text: 'x'.repeat(5_000) }, 'text: takes 33 parts'],
  ['of ten parts in UCS-2', { text: 'ж'.repeat(604) }, 'text'],
  ['from a channel with letters', { channel: 'abc' }, 'channel'],
  ['from an alias that is too long', { senderAlias: 'x'.repeat(12) }, 'senderAlias'],
  ['from an alias that takes 12 septets', { senderAlias: `€${'x'.repeat(10)}` }, 'senderAlias'],
  ['from an alias beyond GSM-7', { senderAlias: 'жж' }, 'senderAlias'],
  ['with a verbosity that is no text', { callbackVerbosity: 3 }, 'callbackVerbosity'],
  ['with a verbosity that is none of ours', { callbackVerbosity: 'all' }, 'callbackVerbosity'],
  ['with a callback inside', { callbackUrl: 'https://10.0.0.1/' }, 'callbackUrl'],
  ['with a callback of plain http', { callbackUrl: 'http://example.com/' }, 'callbackUrl'],
  ['with a callback that is no address', { callbackUrl: 'file:///etc/passwd' }, 'callbackUrl'],
  ['with a callback that bears a password', { callbackUrl: 'https://a:b@example.com' }, 'callbackUrl'],
  ['with a domain that is not ours', shorten([link], 'example.com'), 'shortLinkDomain'],
  ['with no address to shorten', shorten([]), 'shortenLink.urls'],
  ['with eleven addresses', shorten(Array(11).fill(link) as object[]), 'shortenLink.urls'],
  ['with a placeholder twice', shorten([link, link]), 'shortenLink.urls[1].placeholder'],
  ['without its placeholder', shorten([link, { ...link, placeholder: '[y]' }]), 'shortenLink.urls[1].placeholder'],
  ['with an address of no web', shorten([{ ...link, url: 'javascript:alert(1)' }]), 'shortenLink.urls[0].url'],
])('a text %s is refused, and nothing is written', async (_, change, field) => {
  const counted = () => bench.db.query('select from sms_text union all select from sms_short_link');
  const before = (await counted()).length;
  const { status, json } = await send({ ...plain, ...change });
  expect({ status, json }).toMatchObject({
    status: 400,
    json: { errorCode: expect.stringMatching(/^100(01|10|33)$/) as string },
  });
  expect(json['errorDescription']).toContain(field);
  expect((await counted()).length).toBe(before);
});
