import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSftpServer } from '../../../../tools/sftp/startSftpServer.ts';
import { addressGuard } from '../addressGuard/addressGuard.ts';
import { readAllowList } from '../addressGuard/readAllowList.ts';
import { sftpDestination } from '../sftpDestination.ts';

describe('a list that never ends', () => {
  const guard = addressGuard({ allow: readAllowList('127.0.0.1:*') });
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });
  const connected = async () => {
    const directory = await mkdtemp(join(tmpdir(), 'muster-sftp-'));
    await writeFile(join(directory, 'a.csv'), 'four');
    const login = { username: 'muster', password: 'right' };
    const server = await startSftpServer({ directory, ...login });
    server.faults.refuses = { STAT: 4 }; // "Failure" does not say that nothing is there
    server.faults.listsForEver = true;
    const { host, port, hostKeyFingerprint } = server;
    const address = { host, port, hostKeyFingerprint, ...login };
    const remote = await sftpDestination({ guard, answerTimeoutMs: 1_000 }).connect(
      address,
      new AbortController().signal,
    );
    closing.push(
      () => remote.close(),
      () => server.stop(),
      () => rm(directory, { recursive: true }),
    );
    return { server, remote };
  };

  it('is looked through no further than to the file', async () => {
    const { server, remote } = await connected();

    expect(await remote.find('a.csv')).toEqual({ sizeBytes: 4 });
    expect(server.log.filter((request) => request.startsWith('READDIR'))).toHaveLength(1);
  });

  it('is given up when the time for an answer is over', async () => {
    const { remote } = await connected();

    await expect(remote.find('b.csv')).rejects.toMatchObject({ code: 'sftpUnreachable' });
  });
});
