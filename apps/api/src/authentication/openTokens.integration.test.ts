import { createHmac, sign } from 'node:crypto';
import { scopesOf } from '@muster/core/roles';
import { type RateLimits } from '@muster/db/apiKeys';
import { part, signingKey } from '@muster/testing/signingKey';
import { type Issuer, startIssuer } from '@muster/testing/startIssuer';
import { waitFor } from '@muster/testing/waitFor';
import { openTokens, type TokenOptions } from './openTokens.ts';

const COMPANY = 'CP-AAAA-BBBB';
const good = { company_id: COMPANY, role: 'operator' };
const known: Record<string, RateLimits | null> = { [COMPANY]: null, 'CP-CCCC-DDDD': { requestsPerMinute: 7 } };
const companies = { findRateLimits: async (id: string) => known[id] };
const inS = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

let issuer: Issuer;
beforeEach(async () => void (issuer = await startIssuer()));
afterEach(() => issuer.close());

const tokensOf = (times: TokenOptions['times'] = {}, issuers: TokenOptions['issuers'] = [issuer]) =>
  openTokens({ issuers, companies, maxAgeMs: 3_600_000, times });

it('takes a token of a known issuer, for the company and the role that it names', async () => {
  expect(await tokensOf().find(issuer.token(good))).toEqual({
    companyId: COMPANY,
    role: 'operator',
    scopes: scopesOf('operator'),
    keyId: expect.stringMatching(/^jwt:[\w-]{16}$/) as string,
  });
});

it.each(['RS256', 'PS256', 'ES256', 'EdDSA'] as const)('takes a signature by %s', async (alg) => {
  issuer.keys = [signingKey('other', alg)];
  expect(await tokensOf().find(issuer.token(good))).toMatchObject({ companyId: COMPANY });
});

it('takes a token for several audiences, of which we are one', async () => {
  expect(await tokensOf().find(issuer.token({ ...good, aud: ['others', 'muster'] }))).toBeDefined();
});

it('bears with clocks that differ by some seconds', async () => {
  const tokens = tokensOf();
  const [late, early] = [
    issuer.token({ ...good, exp: inS(-20) }),
    issuer.token({ ...good, nbf: inS(20), iat: inS(20) }),
  ];
  expect([await tokens.find(late), await tokens.find(early)]).not.toContain(undefined);
});

it('narrows the role to the scopes of the token, and never widens it', async () => {
  const scope = 'openid runs:read company:write';
  expect(await tokensOf().find(issuer.token({ ...good, scope }))).toMatchObject({ scopes: ['runs:read'] });
  expect(await tokensOf().find(issuer.token({ ...good, scope: '' }))).toMatchObject({ scopes: [] });
});

it('names a subject by a hash, the same for all of its tokens', async () => {
  const tokens = tokensOf();
  const ask = async (sub: string) => (await tokens.find(issuer.token({ ...good, sub, jti: Math.random() })))!.keyId;
  expect(await ask('ann@example.com')).toBe(await ask('ann@example.com'));
  expect(await ask('ann@example.com')).not.toBe(await ask('bob@example.com'));
});

it('brings the rate limits that the company has of its own', async () => {
  const caller = await tokensOf().find(issuer.token({ ...good, company_id: 'CP-CCCC-DDDD' }));
  expect(caller).toMatchObject({ rateLimits: { requestsPerMinute: 7 } });
});

it.each([
  ['of another issuer', { iss: 'https://other.example.com' }],
  ['for another audience', { aud: 'others' }],
  ['for no audience', { aud: undefined }],
  ['past its time', { exp: inS(-60) }],
  ['without an end', { exp: undefined }],
  ['with an end that is no number', { exp: '2999-01-01' }],
  ['without a beginning', { iat: undefined }],
  ['issued in the future', { iat: inS(100) }],
  ['not good yet', { nbf: inS(100) }],
  ['that lives too long', { exp: inS(3_700) }],
  ['that lives too long, from a beginning long past', { iat: inS(-3_500), exp: inS(200) }],
  ['of nobody', { sub: undefined }],
  ['of an empty subject', { sub: '' }],
  ['without a company', { company_id: undefined }],
  ['of a company that is not there', { company_id: 'CP-EEEE-FFFF' }],
  ['of a company that is no id', { company_id: 'CP-\u0000' }],
  ['of a list of companies', { company_id: [COMPANY] }],
  ['without a role', { role: undefined }],
  ['of an unknown role', { role: 'root' }],
  ['of a role that every object has', { role: 'constructor' }],
  ['with a list for a scope', { scope: ['runs:read'] }],
])('refuses a token %s', async (_, change) => {
  expect(await tokensOf().find(issuer.token({ ...good, ...change }))).toBeUndefined();
});

it.each([
  ['of an unknown kid', { kid: 'other' }],
  ['without a kid', { kid: undefined }],
  ['whose kid is no text', { kid: 1 }],
  ['of an algorithm that its key is not for', { alg: 'RS256' }],
  ['with a critical header that nobody knows', { crit: ['x'], x: 1 }],
])('refuses a token %s', async (_, header) => {
  expect(await tokensOf().find(issuer.token(good, { header }))).toBeUndefined();
});

it('refuses a token without a signature', async () => {
  const [, claims] = issuer.token(good).split('.');
  for (const alg of ['none', 'None', 'NONE'])
    expect(await tokensOf().find(`${part({ alg, kid: 'first' })}.${claims}.`)).toBeUndefined();
});

it('refuses a public key used as a shared secret', async () => {
  issuer.keys = [signingKey('first', 'RS256')];
  const [{ publicKey, jwk }] = issuer.keys as [(typeof issuer.keys)[0]];
  const signed = `${part({ alg: 'HS256', kid: 'first' })}.${issuer.token(good).split('.')[1]}`;
  for (const secret of [publicKey.export({ format: 'pem', type: 'spki' }), JSON.stringify(jwk), String(jwk['n'])]) {
    const signature = createHmac('sha256', secret).update(signed).digest('base64url');
    expect(await tokensOf().find(`${signed}.${signature}`)).toBeUndefined();
  }
});

it('refuses a good signature by an algorithm that is not on the list', async () => {
  issuer.keys = [signingKey('first', 'RS256')];
  const signed = `${part({ alg: 'RS512', kid: 'first' })}.${issuer.token(good).split('.')[1]}`;
  const signature = sign('sha512', Buffer.from(signed), issuer.keys[0]!.privateKey).toString('base64url');
  expect(await tokensOf().find(`${signed}.${signature}`)).toBeUndefined();
});

it('refuses claims that were changed after they were signed', async () => {
  const [header, , signature] = issuer.token(good).split('.');
  const [, claims] = issuer.token({ ...good, role: 'admin' }).split('.');
  expect(await tokensOf().find(`${header}.${claims}.${signature}`)).toBeUndefined();
});

it('takes no key from the token itself: neither one that it holds, nor one that it points to', async () => {
  const stranger = await startIssuer();
  try {
    const key = { ...stranger.keys[0]!, kid: 'first' };
    const header = { jku: stranger.jwksUrl, x5u: stranger.jwksUrl, jwk: key.jwk };
    expect(await tokensOf().find(issuer.token(good, { key, header }))).toBeUndefined();
    expect(stranger.asked).toBe(0);
  } finally {
    await stranger.close();
  }
});

it('takes from an issuer only what is signed by its own keys', async () => {
  const other = await startIssuer();
  try {
    const tokens = tokensOf({}, [issuer, other]);
    expect(await tokens.find(other.token(good))).toBeDefined();
    expect(await tokens.find(issuer.token(good, { key: other.keys[0] }))).toBeUndefined();
  } finally {
    await other.close();
  }
});

it.each(['', '.', '..', 'a.b.c', 'e30.e30.', `${part({})}.${part({})}.x`, '\u0000.\u0000.\u0000'])(
  'refuses what is no token: %j',
  async (text) => {
    expect(await tokensOf().find(text)).toBeUndefined();
    expect(issuer.asked).toBe(0);
  },
);

it('takes from an issuer of some companies no token for another one', async () => {
  const bound = (companyIds: string[]) => tokensOf({}, [{ ...issuer, companies: companyIds }]).find(issuer.token(good));
  expect(await bound([COMPANY])).toMatchObject({ companyId: COMPANY });
  expect(await bound(['CP-CCCC-DDDD'])).toBeUndefined();
});

it('takes keys that the operator has written down, without asking anybody', async () => {
  const { issuer: name, audience } = issuer;
  const jwks = { keys: issuer.keys.map(({ jwk }) => jwk) };
  const tokens = tokensOf({}, [{ issuer: name, audience, jwks }]);
  expect(await tokens.find(issuer.token(good))).toBeDefined();
  expect(await tokens.find(issuer.token(good, { header: { kid: 'other' } }))).toBeUndefined();
  expect(issuer.asked).toBe(0);
});

it('opens nothing where no issuer is configured', async () => {
  expect(await tokensOf({}, []).find(issuer.token(good))).toBeUndefined();
});

describe('the keys of an issuer', () => {
  it('are asked for once', async () => {
    const tokens = tokensOf();
    await Promise.all([1, 2, 3].map(() => tokens.find(issuer.token(good))));
    await tokens.find(issuer.token(good));
    expect(issuer.asked).toBe(1);
  });

  it('may be exchanged: a new one is picked up, a withdrawn one opens nothing any more', async () => {
    const tokens = tokensOf({ askAgainAfterMs: 0 });
    const old = issuer.token(good);
    expect(await tokens.find(old)).toBeDefined();
    issuer.keys = [signingKey('second')];
    expect(await tokens.find(issuer.token(good))).toBeDefined();
    expect(await tokens.find(old)).toBeUndefined();
  });

  it('are not asked for again and again by whoever makes up kids', async () => {
    const tokens = tokensOf();
    await tokens.find(issuer.token(good));
    for (let i = 0; i < 20; i++) await tokens.find(issuer.token(good, { header: { kid: `made up ${i}` } }));
    expect(issuer.asked).toBe(1);
  });

  it.each([
    ['fails', (status: number) => status],
    ['sends elsewhere', () => 302],
  ])('leave the token undecided while the issuer %s', async (_, statusOf) => {
    issuer.answer = (_req, res) => res.writeHead(statusOf(500), { Location: '/other.json' }).end();
    await expect(tokensOf().find(issuer.token(good))).rejects.toMatchObject({ code: 'issuerUnavailable' });
    expect(issuer.asked).toBe(1);
  });

  it.each([
    ['no JSON', '<html>'],
    ['no key set', '{"keys": 1}'],
    ['more than a key set can be', `{"keys": [], "x": "${'x'.repeat(1_100_000)}"}`],
  ])('leave the token undecided while the issuer answers %s', async (_, body) => {
    issuer.answer = (_req, res) => res.end(body);
    await expect(tokensOf().find(issuer.token(good))).rejects.toMatchObject({ code: 'issuerUnavailable' });
  });

  it('leave the token undecided while the issuer is silent, after a short wait', async () => {
    issuer.answer = () => undefined;
    const askedAt = performance.now();
    const found = tokensOf({ answerWithinMs: 100 }).find(issuer.token(good));
    await expect(found).rejects.toMatchObject({ code: 'issuerUnavailable' });
    expect(performance.now() - askedAt).toBeLessThan(4_000); // without a limit of ours it would be 5 s
  });

  it('are left alone for a while after a failure, and then asked for again', async () => {
    const tokens = tokensOf({ leaveAloneMs: 300 });
    const ask = () => tokens.find(issuer.token(good));
    issuer.answer = (_req, res) => res.writeHead(500).end();
    const failedAt = performance.now();
    await expect(ask()).rejects.toMatchObject({ code: 'issuerUnavailable' });
    issuer.answer = undefined;
    await waitFor(() => ask().catch(() => undefined)); // without a question, until the time is over
    expect(performance.now() - failedAt).toBeGreaterThan(290);
    expect(issuer.asked).toBe(2);
  });

  it('go on working while the issuer is away and somebody makes up kids', async () => {
    const tokens = tokensOf({ askAgainAfterMs: 0 });
    await tokens.find(issuer.token(good));
    issuer.answer = (_req, res) => res.writeHead(500).end();
    const madeUp = issuer.token(good, { header: { kid: 'made up' } });
    await expect(tokens.find(madeUp)).rejects.toMatchObject({ code: 'issuerUnavailable' });
    expect(await tokens.find(issuer.token(good))).toBeDefined();
  });
});
