import { makeShortLink } from '@muster/db/sms/shortLinks';
import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { createApi } from './createApi.ts';
import { noLimits, openLimits } from './openLimits.ts';

let bench: ApiBench;
beforeAll(async () => (bench = await apiBench(createApi)));
afterAll(() => bench.close());

const domain = 'giiv.dk';

/** The path of a short address that leads there. */
async function linkTo(url: string, { db, own }: Pick<ApiBench, 'db' | 'own'> = bench) {
  return new URL(await makeShortLink(db, { companyId: own.id, url, domain })).pathname;
}

const visit = (path: string, { method = 'GET', url = bench.url } = {}) =>
  fetch(`${url}${path}`, { method, redirect: 'manual' });

describe('a short address', () => {
  it.each([
    ['https://example.com/gift?a=%20b&c=[d]|"e"#f', 'https://example.com/gift?a=%20b&c=[d]|"e"#f'],
    ['http://EXAMPLE.com', 'http://EXAMPLE.com'],
    ['https://rød.dk/grød', 'https://xn--rd-lka.dk/gr%C3%B8d'],
  ])('leads to %s, as it is kept, and leaves no traces', async (url, location) => {
    const answer = await visit(await linkTo(url));
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe(location);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(await answer.text()).toBe('');
  });

  it('leads there for whoever only asks where', async () => {
    const answer = await visit(await linkTo('https://example.com/'), { method: 'HEAD' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, 'https://example.com/']);
  });

  it('that leads nowhere is refused in the same words, whatever is wrong with it', async () => {
    const past = await linkTo('https://example.com/past');
    await bench.db.execute(`update sms_short_link set expires_at = clock_timestamp() where code = $1`, [past.slice(3)]);
    const live = await linkTo('https://example.com/live');
    const wrong = [
      past,
      '/s/AAAAAA',
      '/s/',
      '/s',
      '/s/short',
      '/s/%ff',
      '/s/%',
      `${live}/`,
      `${live}x`,
      '/s/a%0d%0ab:c',
    ];
    for (const path of wrong) {
      const answer = await visit(path);
      const { requestId, ...told } = (await answer.json()) as Record<string, unknown>;
      expect({ path, status: answer.status, told }).toEqual({
        ...{ path, status: 404 },
        told: { status: 404, code: 'shortLinkNotFound', message: expect.any(String) as string, errors: [] },
      });
      expect(requestId).toBeDefined();
    }
  });

  it('has six signs', async () => {
    expect(await linkTo('https://example.com/')).toMatch(/^\/s\/[0-9A-Za-z]{6}$/);
  });

  it('never leads where a header would break, however that was stored', async () => {
    const store = bench.db.execute(
      `insert into sms_short_link (code, company_id, url, expires_at) values ('BROKEN', $1, $2, 'infinity')`,
      [bench.own.id, 'https://example.com/\r\nSet-Cookie: a=b'],
    );
    await expect(store).rejects.toThrow('sms_short_link_url_check');
  });
});

it('is guessed at so many times a minute, while one that was right of late still leads on, and keys are let in', async () => {
  const limits = openLimits({ ...noLimits, failuresPerMinute: 1, wrongShortLinksPerMinute: 2 });
  const limited = await apiBench((deps) => createApi({ ...deps, limits }));
  try {
    const { url } = limited;
    const [known, fresh] = [
      await linkTo('https://example.com/', limited),
      await linkTo('https://example.com/', limited),
    ];
    const statusOf = async (path: string) => (await visit(path, { url })).status;
    expect(await statusOf(known)).toBe(302);
    expect([await statusOf('/s/AAAAAA'), await statusOf('/s/x'), await statusOf('/s/AAAAAB')]).toEqual([404, 404, 429]);
    expect([await statusOf(fresh), await statusOf(known)]).toEqual([429, 302]);
    const wrongKey = { key: 'mk_wrong' };
    expect((await limited.call('GET', '/api/campaigns', wrongKey)).status).toBe(401); // counted apart
  } finally {
    await limited.close();
  }
});
