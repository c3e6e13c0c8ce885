import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SftpServer, startSftpServer } from '../../../../tools/sftp/startSftpServer.ts';
import { addressGuard } from '../addressGuard/addressGuard.ts';
import { readAllowList } from '../addressGuard/readAllowList.ts';
import { sftpDestination } from '../sftpDestination.ts';

describe('where the operator wants host keys to be known beforehand', () => {
  let directory: string;
  let server: SftpServer;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'muster-sftp-'));
    server = await startSftpServer({ directory, username: 'muster', password: 'right' });
  });
  afterAll(async () => {
    await server.stop();
    await rm(directory, { recursive: true });
  });
  const guard = addressGuard({ allow: readAllowList('127.0.0.1:*') });
  const connect = (change: { hostKeyFingerprint?: string; password?: string }) => {
    const { host, port } = server;
    const address = { host, port, username: 'muster', password: 'right', ...change };
    return sftpDestination({ guard, requireHostKeys: true }).connect(address, new AbortController().signal);
  };

  it('no credential goes to a server whose key nobody has named, and the key is shown', async () => {
    const { host, port, hostKeyFingerprint } = server;

    await expect(connect({ password: 'wrong' })).rejects.toMatchObject({
      name: 'PermanentFailure',
      code: 'hostKeyRequired',
      message: expect.stringContaining(hostKeyFingerprint) as string,
      details: { server: `${host}:${port}`, seen: hostKeyFingerprint },
    });
    expect(server.log).toEqual([]);
  });

  it('a server with the key that was named is delivered to, and one with another is not', async () => {
    const remote = await connect({ hostKeyFingerprint: server.hostKeyFingerprint });
    await remote.close();

    await expect(connect({ hostKeyFingerprint: 'SHA256:other' })).rejects.toMatchObject({ code: 'hostKeyChanged' });
  });
});
