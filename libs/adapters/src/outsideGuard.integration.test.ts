import { type MusterError } from '@muster/core/errors';
import { type OutsideCheck } from '@muster/pipeline/outsideGuard';
import { outsideGuardContract } from '@muster/testing/contracts/outsideGuardContract';
import { type GuardLie } from '@muster/testing/guardLies';
import { type GuardStandIn, startGuardStandIn } from '@muster/testing/startGuardStandIn';
import { waitFor } from '@muster/testing/waitFor';
import { testCertificate } from '../../../tools/network/testCertificate.ts';
import { addressGuard } from './addressGuard/addressGuard.ts';
import { guardedAgents } from './addressGuard/guardedAgents.ts';
import { readAllowList } from './addressGuard/readAllowList.ts';
import { outsideGuard, type OutsideGuardSettings } from './outsideGuard.ts';

const never = new AbortController().signal;
const check = {
  ...{ personId: 'BO-AAAA-AAAA', contactId: null, channel: 'voice', theme: 'opsCollDebt' },
  ...{ loanId: 'LN-AAAA-AAAA', isAutodialed: false, checkAtCompanyNoon: true },
};
const checks = ['1', '2', '3'].map((ref): OutsideCheck => ({ ...check, ref, contactId: `CT-AAAAAA-AAAAA${ref}` }));
const quick = { requestTimeoutMs: 300, withinMs: 1_500, pauseMs: 10 };

let guard: GuardStandIn;
beforeEach(async () => (guard = await startGuardStandIn()));
afterEach(() => guard.stop());

describe('the adapter', () => {
  outsideGuardContract(async () => ({
    ...{ guard: outsideGuard(settings()), url: guard.url },
    refuse: (contactId, code) => guard.refuse(contactId, [code]),
    forget: (contactId) => guard.forget(contactId),
    goAway: () => guard.lie('fails', Infinity),
    fallSilent: () => {
      guard.lie('silent', Infinity);
      return () => guard.bodies.length;
    },
  }));
});

it('gives the answer to each check, and says nothing of how anybody can be reached', async () => {
  guard.refuse('CT-AAAAAA-AAAAA2', ['onTheirList', { code: 'recentCall', message: 'called jane@canary.example' }]);

  const answers = await ask();

  expect(Object.fromEntries(answers)).toEqual({
    1: { allowed: true, said: null },
    2: { allowed: false, said: 'onTheirList recentCall' },
    3: { allowed: true, said: null },
  });
  expect(guard.asked).toEqual([checks]);
  expect(Object.keys(JSON.parse(guard.bodies[0]!) as object)).toEqual(['checks']);
});

it('leaves a check out that was not answered: that is a no', async () => {
  guard.forget('CT-AAAAAA-AAAAA1');

  expect([...(await ask()).keys()]).toEqual(['2', '3']);
});

it.each<[GuardLie, string | null]>([
  ['noBooleans', 'resultNotBoolean'],
  ['nothingSaid', 'resultNotBoolean'],
])('takes a result other than true for a no: %s', async (lie, said) => {
  guard.lie(lie);

  expect([...(await ask()).values()]).toEqual(checks.map(() => ({ allowed: false, said })));
});

it('takes an answer without results for no answer to anybody', async () => {
  guard.lie('empty');

  expect(await ask()).toEqual(new Map());
});

it.each<GuardLie>([
  ...(['notJson', 'html', 'notUtf8', 'wrongShape', 'aList', 'noObjects', 'noReasons', 'numberedRefs'] as const),
  ...(['contradicts', 'unasked', 'tooMany', 'huge', 'announcesHuge', 'gzipBomb'] as const),
])('believes nothing of an answer that is none, and asks no second time: %s', async (lie) => {
  guard.lie(lie, Infinity);

  expect(await failureOf(ask())).toMatchObject({ name: 'PermanentFailure', code: 'outsideGuardMalformed' });
  expect(guard.bodies).toHaveLength(1);
});

it.each<[GuardLie, string]>([
  ['redirects', 'outsideGuardRedirected'],
  ['refuses', 'outsideGuardRefused'],
  ['notThere', 'outsideGuardRefused'],
  ['noContent', 'outsideGuardRefused'],
])('says what to mend where it is refused: %s', async (lie, code) => {
  guard.lie(lie, Infinity);

  expect(await failureOf(ask())).toMatchObject({ name: 'PermanentFailure', code });
  expect(guard.bodies).toHaveLength(1);
});

it.each<GuardLie>(['truncated', 'breaksOff', 'drips', 'fails', 'resets', 'silent', 'soon'])(
  'tries again where trying again can help, but not for ever: %s',
  async (lie) => {
    guard.lie(lie, Infinity);
    const startedMs = performance.now();

    const failure = await failureOf(ask());

    expect(failure).toMatchObject({ name: 'TemporaryFailure', code: 'outsideGuardUnavailable' });
    expect(guard.bodies.length).toBeGreaterThan(1);
    expect(guard.bodies.length).toBeLessThanOrEqual(5);
    expect(performance.now() - startedMs).toBeLessThan(3_000);
  },
);

it.each<GuardLie>(['truncated', 'breaksOff', 'drips', 'fails', 'resets', 'silent', 'soon'])(
  'goes on as if nothing had been, once it is well again: %s',
  async (lie) => {
    guard.lie(lie);

    expect([...(await ask()).values()].every(({ allowed }) => allowed)).toBe(true);
    expect(guard.asked).toEqual([checks, checks]);
  },
);

it('leaves a wait that is longer than there is time to whoever has the time', async () => {
  guard.lie('later');

  expect(await failureOf(ask())).toMatchObject({
    ...{ name: 'TemporaryFailure', code: 'outsideGuardUnavailable' },
    details: { status: 429, retryAfterMs: 7_000 },
  });
  expect(guard.bodies).toHaveLength(1);
});

it('takes a guard that is not there for one that may come back', async () => {
  await guard.stop();

  expect(await failureOf(ask())).toMatchObject({
    ...{ name: 'TemporaryFailure', code: 'outsideGuardUnavailable' },
    details: { code: 'ECONNREFUSED' },
  });
});

it('trusts no certificate that anybody could have made', async () => {
  const secure = await startGuardStandIn({ tls: testCertificate });

  const failure = await failureOf(ask({ url: secure.url }));

  expect(failure).toMatchObject({ name: 'PermanentFailure', code: 'outsideGuardCertificateRefused' });
  expect(secure.bodies).toEqual([]);
  await secure.stop();
});

it('speaks no TLS to who does not', async () => {
  const failure = await failureOf(ask({ url: guard.url.replace('http:', 'https:') }));

  expect(failure).toMatchObject({ name: 'TemporaryFailure', details: { code: 'EPROTO' } });
});

it('is not asked without encryption unless that is allowed', async () => {
  const failure = await failureOf(ask({ allowHttp: () => false }));

  expect(failure).toMatchObject({ name: 'PermanentFailure', code: 'outsideGuardNotEncrypted' });
  expect(failure.message).toContain('ALLOW_HTTP');
  expect(guard.bodies).toEqual([]);
});

it('is not asked at an address of the inside', async () => {
  const failure = await failureOf(ask({ allow: '' }));

  expect(failure).toMatchObject({ name: 'PermanentFailure', code: 'addressForbidden' });
  expect(guard.bodies).toEqual([]);
});

it('stops at once when told to, even while it waits', async () => {
  const reason = new Error('the lease is lost');
  for (const lie of ['silent', 'fails'] as const) {
    const stop = new AbortController();
    const seen = guard.bodies.length;
    guard.lie(lie);
    const asked = ask({ signal: stop.signal, requestTimeoutMs: 60_000, withinMs: 600_000, pauseMs: 500_000 });
    await waitFor(() => guard.bodies.length > seen);

    stop.abort(reason);

    await expect(asked).rejects.toBe(reason);
  }
});

it('asks nothing where there is nothing to ask, and never more than a batch holds', async () => {
  const many = Array.from({ length: 501 }, (_, at) => ({ ...check, ref: String(at) }));

  expect(await ask({ checks: [] })).toEqual(new Map());
  await expect(ask({ checks: many })).rejects.toThrow('500');
  expect(guard.bodies).toEqual([]);
});

describe('a probe', () => {
  const probe = (change: Parameters<typeof settings>[0] = {}) => outsideGuard(settings(change)).probe(guard.url, never);

  it('names nobody', async () => {
    await probe();
    expect(guard.bodies).toEqual(['{"checks":[]}']);
  });

  it.each<[GuardLie, string]>([
    ['html', 'outsideGuardMalformed'],
    ['wrongShape', 'outsideGuardMalformed'],
    ['unasked', 'outsideGuardMalformed'],
    ['redirects', 'outsideGuardRedirected'],
    ['refuses', 'outsideGuardRefused'],
    ['fails', 'outsideGuardUnavailable'],
    ['silent', 'outsideGuardUnavailable'],
  ])('asks once, and says what a run would fail with: %s', async (lie, code) => {
    guard.lie(lie, Infinity);

    expect(await failureOf(probe())).toMatchObject({ code });
    expect(guard.bodies).toHaveLength(1);
  });

  it('asks nobody whom a run may not ask', async () => {
    expect(await failureOf(probe({ allowHttp: () => false }))).toMatchObject({ code: 'outsideGuardNotEncrypted' });
    expect(await failureOf(probe({ allow: '' }))).toMatchObject({ code: 'addressForbidden' });
    expect(guard.bodies).toEqual([]);
  });
});

interface Asking extends Partial<OutsideGuardSettings> {
  url?: string;
  allow?: string;
  checks?: OutsideCheck[];
  signal?: AbortSignal;
}

function ask({ url = guard.url, checks: wanted = checks, signal = never, ...change }: Asking = {}) {
  return outsideGuard(settings(change)).check(url, wanted, signal);
}

function settings({ allow = '127.0.0.1:*', ...change }: Partial<OutsideGuardSettings> & { allow?: string } = {}) {
  const agents = guardedAgents(addressGuard({ allow: readAllowList(allow) }));
  return { agents, allowHttp: () => true, ...quick, ...change };
}

/** A sentence for people, which holds nothing of the answer, of the address but its host, and of a library's error. */
async function failureOf(asked: Promise<unknown>): Promise<MusterError> {
  const failure = await asked.then(
    () => new Error('it was answered'),
    (error: unknown) => error as MusterError,
  );
  expect(failure.message).toMatch(/127\.0\.0\.1/);
  expect(failure.cause).toBeUndefined();
  expect(JSON.stringify([failure.message, failure.stack, Object.entries(failure)])).not.toMatch(/canary/);
  return failure as MusterError;
}
