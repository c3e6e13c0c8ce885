import { get } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { TemporaryFailure } from '@muster/core/errors';
import { countConnections, type ConnectionCount } from '../../../../tools/network/countConnections.ts';
import { type NameServer, startNameServer } from '../../../../tools/network/startNameServer.ts';
import { sftpDestination } from '../sftpDestination.ts';
import { addressGuard, type AddressGuard, type RefusedAddress } from './addressGuard.ts';
import { guardedAgents } from './guardedAgents.ts';
import { guardedConnect } from './guardedConnect.ts';
import { readAllowList } from './readAllowList.ts';

/** Ways to write this very machine, and others of the inside: every one is refused by its spelling. */
const spellings = [
  ...['127.0.0.1', '127.1', '127.0.1', '127.1.2.3', '127.255.255.254', '0.0.0.0', '0', '0.0.0.1', '127.0.0.1.'],
  ...['2130706433', '0x7f000001', '0x7f.1', '0x7F.0x0.0x0.0x1', '017700000001', '0177.0.0.1', '0177.1', '127.0.0.01'],
  ...['127.000.000.001', '0x7f.0.0.1', '127.0.0.0x1', '4294967295', '127.0.0.1%', '127.0.0.1%00'],
  ...['%31%32%37.0.0.1', '127%2e0%2e0%2e1', '127。0。0。1', '１２７.0.0.1', '①②⑦.⓪.⓪.①', '127．0．0．1'],
  ...['::1', '[::1]', '0:0:0:0:0:0:0:1', '[0000::0001]', '::', '[::]', '::1%lo', '[::1%25lo]', '[fe80::1%eth0]'],
  ...[
    '::ffff:127.0.0.1',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[::7f00:1]',
    '[::ffff:0:127.0.0.1]',
  ],
  ...['[64:ff9b::127.0.0.1]', '[64:ff9b:1::7f00:1]', '[2002:7f00:1::]', '[2001:0:7f00:1::]', '[fe80::5efe:127.0.0.1]'],
  ...[
    'localhost',
    'LocalHost',
    'localhost.',
    'localhost.localdomain',
    'sub.localhost',
    'ｌocalhost',
    'loca\u00adlhost',
  ],
  ...[
    'printer.local',
    'metadata.google.internal',
    'redis',
    'ip6-localhost',
    'a b',
    '',
    '.',
    'user@127.0.0.1',
    'a\u0000.com',
  ],
];

/** Addresses that a name may have: every one is refused, each in the same words. */
const forbidden = [
  ...[
    '127.0.0.1',
    '127.8.8.8',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
  ],
  ...[
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '240.0.0.1',
    '192.0.0.8',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
  ],
  ...[
    '203.0.113.1',
    '192.88.99.1',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:169.254.169.254',
    '::127.0.0.1',
    'fe80::1',
  ],
  ...[
    'fe80::1%eth0',
    'fc00::1',
    'fd00:ec2::254',
    'fec0::1',
    'ff02::1',
    '64:ff9b::10.0.0.1',
    '64:ff9b:1::808:808',
    '100::1',
    '168.63.129.16',
    '::ffff:168.63.129.16',
  ],
  ...['2002:a00:1::1', '2001::1', '2001:db8::1', '3fff::1', '4000::1', '::ffff:0:127.0.0.1', 'not an address', ''],
];

describe('the guard', () => {
  let here: ConnectionCount;
  beforeEach(async () => {
    here = await countConnections('127.0.0.1', '::1', '127.0.0.2');
  });
  const nameServers: NameServer[] = [];
  afterEach(async () => {
    await here.stop();
    for (const server of nameServers.splice(0)) await server.stop();
  });
  const serveNames = async (...answers: [string[], ...string[][]]) => {
    const server = await startNameServer(...answers);
    nameServers.push(server);
    return server;
  };
  const nobody = () => ({ '127.0.0.1': 0, '::1': 0, '127.0.0.2': 0 });

  /** One for which the listeners' port is a usual one, so that only the address can be the reason. */
  const guardFor = (options: { allow?: string; resolve?: (name: string) => Promise<string[]> } = {}) => {
    const port = [here.port];
    const refused: RefusedAddress[] = [];
    const guard = addressGuard({
      allow: readAllowList(options.allow ?? '', { http: port, https: port, sftp: port }),
      onRefused: (what) => refused.push(what),
      ...(options.resolve && { resolve: options.resolve }),
    });
    return { guard, refused };
  };
  const reach = async (guard: AddressGuard, host: string) => {
    const target = { scheme: 'sftp', host, port: here.port } as const;
    const socket = await guardedConnect({ guard, target, timeoutMs: 2_000 });
    const { remoteAddress } = socket;
    socket.destroy();
    return remoteAddress;
  };
  const ask = (guard: AddressGuard, host: string) =>
    new Promise((resolve, reject) => {
      const agent = guardedAgents(guard).http;
      const call = get({ host, port: here.port, agent, setHost: false }).on('error', reject);
      call.on('socket', ({ remoteAddress }) => {
        resolve(remoteAddress);
        call.destroy();
      });
    });
  const deliver = (guard: AddressGuard, host: string) =>
    sftpDestination({ guard }).connect(
      { host, port: here.port, username: 'u', password: 'p' },
      new AbortController().signal,
    );

  it.each(spellings)('lets nobody through to %j', async (host) => {
    const { guard } = guardFor();

    await expect(reach(guard, host)).rejects.toMatchObject({ code: 'addressForbidden' });
    await expect(ask(guard, host || '[]')).rejects.toMatchObject({ code: 'addressForbidden' });
    await expect(deliver(guard, host)).rejects.toMatchObject({ code: 'addressForbidden' });
    expect(here.seen).toMatchObject(nobody());
  });

  it.each(spellings.filter((host) => URL.canParse(`http://${host}/`)))('nor to the URL of %j', async (host) => {
    await expect(ask(guardFor().guard, new URL(`http://${host}/`).hostname)).rejects.toMatchObject({
      code: 'addressForbidden',
    });
    expect(here.seen).toMatchObject(nobody());
  });

  it.each(['127.0.0.1', '127.1', '0x7f.1', '2130706433', '0.0.0.0'])('is what keeps them from %s', async (host) => {
    const socket = connect({ host, port: here.port });
    await once(socket, 'connect');
    socket.destroy();

    expect(here.seen).toMatchObject({ ...nobody(), '127.0.0.1': 1 });
  });

  it.each(forbidden)('lets nobody through to a name that has the address %j', async (address) => {
    const { guard, refused } = guardFor({ resolve: async () => ['93.184.216.34', address] });

    const failure: unknown = await reach(guard, 'sftp.example.com').catch((error: unknown) => error);

    const place = `sftp.example.com:${here.port}`;
    expect(failure).toMatchObject({
      name: 'PermanentFailure',
      code: 'addressForbidden',
      message: `Connections to ${place} are not allowed here: whoever operates this installation can add "${place}" to ALLOW_ADDRESSES.`,
      details: { host: 'sftp.example.com', port: here.port },
    });
    expect(refused).toMatchObject([{ host: 'sftp.example.com', port: here.port, address }]);
    expect(here.seen).toMatchObject(nobody());
  });

  it.each(['93.184.216.34', '2606:2800:220:1::1', '64:ff9b::5db8:d822'])(
    'lets a public address be: %s',
    async (address) => {
      const { guard } = guardFor({ resolve: async () => [address] });

      expect(await guard.check({ scheme: 'sftp', host: 'sftp.example.com', port: here.port })).toEqual([address]);
    },
  );

  describe('with a name server that rebinds', () => {
    it('asks it once a connection, and believes no second answer', async () => {
      const names = await serveNames(['93.184.216.34'], ['127.0.0.1']);
      const { guard } = guardFor({ resolve: names.resolve });
      const target = { scheme: 'sftp', host: 'rebind.example.com', port: here.port } as const;

      expect(await guard.check(target)).toEqual(['93.184.216.34']);
      expect(names.asked()).toBe(1);
      for (const attempt of [reach, ask, deliver])
        await expect(attempt(guard, target.host)).rejects.toMatchObject({ code: 'addressForbidden' });
      expect(here.seen).toMatchObject(nobody());
    });

    it('connects to the address that it checked, whatever the name is by then', async () => {
      const names = await serveNames(['127.0.0.1'], ['127.0.0.2']);
      const { guard } = guardFor({ resolve: names.resolve, allow: `127.0.0.1` });

      expect(await reach(guard, 'rebind.example.com')).toBe('127.0.0.1');
      await expect(reach(guard, 'rebind.example.com')).rejects.toMatchObject({ code: 'addressForbidden' });
      expect(here.seen).toMatchObject({ ...nobody(), '127.0.0.1': 1 });
    });

    it('refuses a name with one good address and one bad one', async () => {
      const names = await serveNames(['127.0.0.1', '127.0.0.2']);
      const { guard } = guardFor({ resolve: names.resolve, allow: '127.0.0.1' });

      await expect(reach(guard, 'both.example.com')).rejects.toMatchObject({ code: 'addressForbidden' });
      expect(here.seen).toMatchObject(nobody());
    });
  });

  describe('with a list of the operator', () => {
    const resolve = async () => ['127.0.0.1'];

    it.each([
      ['the address', '127.0.0.1', '127.0.0.1'],
      ['a range', '127.0.0.0/8', '127.0.0.1'],
      ['a range, by a name', '127.0.0.0/8', 'sftp.example.com'],
      ['the name', 'SFTP.lan', 'sftp.lan'],
      ['the name, written otherwise', 'sftp.lan', 'SFTP.LAN'],
      ['any port', 'sftp.lan:*', 'sftp.lan'],
    ])('lets through by %s', async (_, allow, host) => {
      expect(await reach(guardFor({ allow, resolve }).guard, host)).toBe('127.0.0.1');
      expect(await ask(guardFor({ allow, resolve }).guard, host)).toBe('127.0.0.1');
    });

    it.each([
      ['another address', '127.0.0.3', '127.0.0.1'],
      ['another port', '127.0.0.1:1', '127.0.0.1'],
      ['another name', 'sftp.lan', 'www.sftp.lan'],
      ['the address of a listed name', 'sftp.lan', '127.0.0.1'],
      ['a range of the other family', '::/0', '127.0.0.1'],
      ['an odd spelling of a listed address', '127.0.0.1', '127.1'],
      ['a mapped spelling, with another port', '127.0.0.1:1', '::ffff:127.0.0.1'],
    ])('does not let through %s', async (_, allow, host) => {
      await expect(reach(guardFor({ allow, resolve }).guard, host)).rejects.toMatchObject({ code: 'addressForbidden' });
      expect(here.seen).toMatchObject(nobody());
    });

    it('keeps a listed name, whoever has taken it over, from what no server lives at', async () => {
      const { guard } = guardFor({ allow: 'sftp.lan:*', resolve: async () => ['169.254.169.254'] });

      await expect(reach(guard, 'sftp.lan')).rejects.toMatchObject({ code: 'addressForbidden' });
    });
  });

  it('tries the next address where the first one refuses', async () => {
    await here.stop();
    here = await countConnections('127.0.0.1');
    const { guard } = guardFor({ allow: '127.0.0.1, ::1', resolve: async () => ['::1', '127.0.0.1'] });

    expect(await reach(guard, 'sftp.example.com')).toBe('127.0.0.1');
  });

  it('does not wait for a slow name server beyond the time there is, nor beyond the signal', async () => {
    const { guard } = guardFor({ resolve: () => new Promise(() => undefined) });
    const target = { scheme: 'sftp', host: 'slow.example.com', port: here.port } as const;
    const stop = new AbortController();
    const reason = new Error('the lease is lost');

    await expect(guardedConnect({ guard, target, timeoutMs: 50 })).rejects.toMatchObject({ code: 'EAI_AGAIN' });
    const aborted = guardedConnect({ guard, target, timeoutMs: 60_000, signal: stop.signal });
    stop.abort(reason);
    await expect(aborted).rejects.toBe(reason);
  });

  it('leaves a name that nobody knows a matter of time', async () => {
    const unknown = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
    const { guard } = guardFor({ resolve: () => Promise.reject(unknown) });

    await expect(deliver(guard, 'nobody.example.com')).rejects.toBeInstanceOf(TemporaryFailure);
    await expect(deliver(guard, 'nobody.example.com')).rejects.toMatchObject({ details: { code: 'ENOTFOUND' } });
  });
});
