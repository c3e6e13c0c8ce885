import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@muster/testing/waitFor';
import { type SftpServer, startSftpServer } from '../../../../tools/sftp/startSftpServer.ts';
import { addressGuard } from '../addressGuard/addressGuard.ts';
import { readAllowList } from '../addressGuard/readAllowList.ts';
import { type SftpDestination, sftpDestination, type SftpOptions } from '../sftpDestination.ts';

const never = new AbortController().signal;
const guard = addressGuard({ allow: readAllowList('127.0.0.1:*') });

describe('sessions that go from one delivery to the next', () => {
  let directory = '';
  let server: SftpServer;
  const opened: SftpDestination[] = [];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'muster-pool-'));
    server = await startSftpServer({ directory, username: 'muster', password: 'right' });
  });
  afterEach(async () => {
    for (const destination of opened.splice(0)) await destination.close();
    await server.stop();
    await rm(directory, { recursive: true });
  });

  const keeping = (options: Partial<SftpOptions> = {}) => {
    const destination = sftpDestination({ guard, idleMs: 60_000, ...options });
    opened.push(destination);
    return destination;
  };
  const address = () => ({ host: server.host, port: server.port, username: 'muster', password: 'right' });
  const logins = () => server.log.filter((line) => line.startsWith('LOGIN')).length;

  it('log in once for deliveries one after the other', async () => {
    const destination = keeping();

    for (let n = 0; n < 3; n++) await (await destination.connect(address(), never)).close();

    expect(logins()).toBe(1);
  });

  it('are never two deliveries’ at once', async () => {
    const destination = keeping();

    const both = await Promise.all([destination.connect(address(), never), destination.connect(address(), never)]);
    for (const remote of both) await remote.close();

    expect(logins()).toBe(2);
  });

  it('are for whoever has the same credentials, and for nobody else', async () => {
    const destination = keeping();
    await (await destination.connect(address(), never)).close();

    const refused = destination.connect({ ...address(), password: 'wrong' }, never);

    await expect(refused).rejects.toMatchObject({ code: 'sftpLoginRefused' });
  });

  it('are for nobody who expects another host key', async () => {
    const destination = keeping();
    await (await destination.connect(address(), never)).close();

    const refused = destination.connect({ ...address(), hostKeyFingerprint: 'SHA256:other' }, never);

    await expect(refused).rejects.toMatchObject({ code: 'hostKeyChanged' });
  });

  it('are made anew where the server has ended them meanwhile', async () => {
    const destination = keeping();
    const first = await destination.connect(address(), never);
    await first.close();
    server.cutAll();

    const again = await destination.connect(address(), never);

    expect(await again.find('nothing')).toBeUndefined();
    await again.close();
  });

  it('are made anew where the server says nothing on the kept ones', async () => {
    const destination = keeping({ connectTimeoutMs: 300 });
    const pair = await Promise.all([destination.connect(address(), never), destination.connect(address(), never)]);
    for (const remote of pair) await remote.close();
    server.faults.losesReplyTo = ['STAT'];
    const deaf = destination.connect(address(), never);
    setTimeout(() => delete server.faults.losesReplyTo, 150);

    const again = await deaf;

    expect(await again.find('nothing')).toBeUndefined();
    await again.close();
    expect(logins()).toBe(3);
  });

  it('are no more than a server may have: the next one waits for its turn', async () => {
    const destination = keeping({ perServer: 1 });
    const first = await destination.connect(address(), never);
    let isThere = false;
    const second = destination.connect(address(), never).then((remote) => {
      isThere = true;
      return remote;
    });
    await first.find('nothing');
    expect(isThere).toBe(false);

    await first.close();

    await (await second).close();
    expect(logins()).toBe(1);
  });

  it('keep nobody waiting whose time is over', async () => {
    const destination = keeping({ perServer: 1 });
    const first = await destination.connect(address(), never);
    const lease = new AbortController();
    const reason = new Error('the lease was lost');
    const second = destination.connect(address(), lease.signal);

    lease.abort(reason);

    await expect(second).rejects.toBe(reason);
    await first.close();
    await (await destination.connect(address(), never)).close(); // its turn was not used up
  });

  it('make room for another login where a server may have no more', async () => {
    const destination = keeping({ perServer: 1 });
    await (await destination.connect(address(), never)).close();

    const other = await destination.connect({ ...address(), hostKeyFingerprint: server.hostKeyFingerprint }, never);

    expect(server.connections()).toBe(1);
    await other.close();
  });

  it('end when nobody has used them for a while', async () => {
    const destination = keeping({ idleMs: 50 });

    await (await destination.connect(address(), never)).close();

    await expect(waitFor(() => server.connections() === 0)).resolves.toBe(true);
  });

  it('end with whoever has opened them, also those that are given back later', async () => {
    const destination = keeping();
    const [idle, busy] = await Promise.all([
      destination.connect(address(), never),
      destination.connect(address(), never),
    ]);
    await idle.close();

    await destination.close();
    await busy.close();

    await expect(waitFor(() => server.connections() === 0)).resolves.toBe(true);
  });
});
