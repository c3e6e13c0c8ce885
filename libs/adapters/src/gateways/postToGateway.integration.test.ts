import { gzipSync } from 'node:zlib';
import { type GatewayAddress } from '@muster/messaging/gateways';
import {
  announceMore,
  answerEndlessly,
  answerWith,
  cutBody,
  type Fault,
  hang,
  loseReply,
  redirectTo,
  replaceBody,
  trickle,
  tryLater,
} from '../../../../tools/gateways/faults.ts';
import {
  donation,
  failureOf,
  gatewaysBench,
  type SettingsChange,
  thanks,
} from '../../../../tools/gateways/gatewaysBench.ts';
import { startGateways } from '../../../../tools/gateways/startGateways.ts';
import { testCertificate } from '../../../../tools/network/testCertificate.ts';
import { paymentGateway } from './paymentGateway.ts';
import { textGateway } from './textGateway.ts';

const never = new AbortController().signal;
const quick = { timeoutMs: 500 };
const { gateways, settings, textsAt, chargesAt } = gatewaysBench();

interface Asking extends SettingsChange {
  at?: GatewayAddress;
}

const askText = ({ at = textsAt(), ...change }: Asking = {}): Promise<unknown> =>
  textGateway(settings(change)).send(at, thanks, never);
const askPayment = ({ at = chargesAt(), ...change }: Asking = {}): Promise<unknown> =>
  paymentGateway(settings(change)).charge(at, donation, never);

describe.each([
  ['text', { ask: askText, at: textsAt, done: () => gateways().texts }],
  ['payment', { ask: askPayment, at: chargesAt, done: () => gateways().charges }],
] as const)('the %s gateway', (kind, { ask, at, done }) => {
  const unavailable = { name: 'TemporaryFailure', code: `${kind}GatewayUnavailable` };
  const known = expect.objectContaining({ gatewayId: expect.any(String) as string }) as unknown;

  it.each<[string, Fault]>([
    ['loses its reply', loseReply()],
    ['says nothing', hang()],
    ['drips', trickle(40)],
    ['breaks off', cutBody(5)],
    ['announces more than comes', announceMore(7)],
    ...[408, 409, 425, 429, 500, 502, 503, 504].map((status): [string, Fault] => [
      `answers ${status}`,
      answerWith(status, {}, 'canary'),
    ]),
  ])('is asked again under the same key where it %s, and does it once', async (_, fault) => {
    gateways().plan(fault);
    const startedMs = performance.now();

    expect(await failureOf(ask(quick))).toMatchObject(unavailable);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    expect(gateways().requests).toHaveLength(1);
    expect(await ask()).toEqual(known);
    expect(done()).toHaveLength(1);
  });

  it.each<[string, Fault]>([
    ['nothing', replaceBody('')],
    ['no JSON', replaceBody('sent! canary')],
    ['half of its JSON', replaceBody('{"id":"can')],
    ['no object', replaceBody('"canary"')],
    ['a list', replaceBody('[{"id":"canary"}]')],
    ['no id', replaceBody('{"ID":"canary"}')],
    ['an id that is a number', replaceBody('{"id":7}')],
    ['an empty id', replaceBody('{"id":""}')],
    ['an id with a line end', replaceBody('{"id":"canary\\n"}')],
    ['an id of letters that are not ours', replaceBody('{"id":"cänary"}')],
    ['an id that is too long', replaceBody(`{"id":"${'x'.repeat(101)}"}`)],
    ['what is no UTF-8', replaceBody(Buffer.from([0x22, 0xff, 0x22]))],
    ['what is packed', replaceBody(gzipSync(Buffer.alloc(5_000_000, ' ')), { 'content-encoding': 'gzip' })],
    ['more than it may', replaceBody(Buffer.alloc(65_537, ' '))],
    ['what never ends', answerEndlessly()],
    ['204', answerWith(204)],
  ])('believes nothing of an answer that is none, and asks again: %s', async (_, fault) => {
    gateways().plan(fault);

    expect(await failureOf(ask())).toMatchObject({ name: 'TemporaryFailure', code: `${kind}GatewayMalformed` });
    expect(gateways().requests).toHaveLength(1);
    expect(await ask()).toEqual(known);
    expect(done()).toHaveLength(1);
  });

  it.each([200, 201, 202, 299])('has done it where it answers %i with an id', async (status) => {
    gateways().plan(answerWith(status, {}, '{"id":"of-its-own","more":1}'));

    expect(await ask()).toMatchObject({ gatewayId: 'of-its-own' });
  });

  it.each([429, 503] as const)('hands on how long it wants us to wait with %i', async (status) => {
    gateways().plan(tryLater(90, status));

    expect(await failureOf(ask())).toMatchObject({ ...unavailable, details: { status, retryAfterMs: 90_000 } });
  });

  it.each([401, 403])('loses nothing where the settings are wrong, and says what to mend: %i', async (status) => {
    gateways().plan(answerWith(status, {}, 'canary'));
    const failure = await failureOf(ask());

    expect(failure).toMatchObject({
      ...{ name: 'TemporaryFailure', code: `${kind}GatewayUnauthorized`, details: { status } },
    });
    expect(failure.message).toContain('secret');
  });

  it.each([404, 405])('loses nothing where nobody is at the address, and says what to mend: %i', async (status) => {
    gateways().plan(answerWith(status, {}, 'canary'));
    const failure = await failureOf(ask());

    expect(failure).toMatchObject({
      ...{ name: 'TemporaryFailure', code: `${kind}GatewayNotThere`, details: { status } },
    });
    expect(failure.message).toContain('address');
  });

  it('takes nothing that is signed with another secret, or not at all', async () => {
    const { url } = at();

    for (const secret of ['another canary', null]) {
      expect(await failureOf(ask({ at: { url, secret } }))).toMatchObject({ code: `${kind}GatewayUnauthorized` });
    }
    expect(done()).toEqual([]);
  });

  it('takes a secret in the form of Standard Webhooks', async () => {
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const others = await startGateways({ secret });
    const url = kind === 'text' ? others.textUrl : others.chargeUrl;

    expect(await ask({ at: { url, secret } })).toEqual(known);
    await others.stop();
  });

  it('follows no redirect', async () => {
    const elsewhere = await startGateways();
    gateways().plan(redirectTo(elsewhere.textUrl));

    expect(await failureOf(ask())).toMatchObject({ name: 'TemporaryFailure', code: `${kind}GatewayRedirected` });
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.stop();
  });

  it('may come back where it is not there', async () => {
    const here = at();
    await gateways().stop();

    expect(await failureOf(ask({ at: here }))).toMatchObject({ ...unavailable, details: { code: 'ECONNREFUSED' } });
  });

  it('is not trusted with a certificate that anybody could have made', async () => {
    const secure = await startGateways({ tls: testCertificate });
    const url = kind === 'text' ? secure.textUrl : secure.chargeUrl;

    expect(await failureOf(ask({ at: { url, secret: 'secret-canary' } }))).toMatchObject({
      ...{ name: 'TemporaryFailure', code: `${kind}GatewayCertificateRefused` },
    });
    expect(secure.requests).toEqual([]);
    await secure.stop();
  });

  it('is not asked without encryption, or at an address of the inside, unless the operator lets it', async () => {
    expect(await failureOf(ask({ allowHttp: () => false }))).toMatchObject({
      ...{ name: 'TemporaryFailure', code: `${kind}GatewayNotEncrypted` },
    });
    expect(await failureOf(ask({ allow: '' }))).toMatchObject({ name: 'TemporaryFailure', code: 'addressForbidden' });
    expect(gateways().requests).toEqual([]);
  });
});
