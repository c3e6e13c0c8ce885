import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TemporaryFailure } from '@muster/core/errors';
import { destinationContract } from '@muster/testing/contracts/destinationContract';
import { newKeyPair } from '@muster/testing/newKeyPair';
import { startSshd, type SshdServer } from '@muster/testing/startSshd';
import { startSftpServer } from '../../../tools/sftp/startSftpServer.ts';
import { addressGuard } from './addressGuard/addressGuard.ts';
import { readAllowList } from './addressGuard/readAllowList.ts';
import { sftpDestination } from './sftpDestination.ts';

const run = promisify(execFile);
const never = new AbortController().signal;
const guard = addressGuard({ allow: readAllowList('127.0.0.1:*') });
const DISK_BYTES = 256 * 1024;

describe('delivery to OpenSSH', () => {
  let sshd: SshdServer;
  let home = '';
  let count = 0;
  beforeAll(async () => {
    sshd = await startSshd();
    home = await mkdtemp(join(tmpdir(), 'muster-openssh-'));
  });
  afterAll(async () => {
    await sshd.stop();
    await rm(home, { recursive: true });
  });
  const addressOf = ({ host, port, username, privateKey, hostKeyFingerprint }: SshdServer) => ({
    ...{ host, port, username, privateKey, hostKeyFingerprint },
  });

  destinationContract(async () => {
    const name = `case${(count += 1)}`; // below the directory that a session begins in
    const directory = join(sshd.directory, name);
    await mkdir(directory);
    return {
      destination: sftpDestination({ guard }),
      address: { ...addressOf(sshd), directory: name },
      wrongLogin: { privateKey: newKeyPair().private },
      place: (file, content) => writeFile(join(directory, file), content),
      content: (file) => readFile(join(directory, file)).catch(() => undefined),
    };
  });

  it('says that the disk is full', async () => {
    const disk = await fullDisk(sshd, home);
    await writeFile(join(home, 'file'), randomBytes(2 * DISK_BYTES));
    try {
      const remote = await sftpDestination({ guard }).connect(disk.address, never);
      try {
        const full = remote.upload(join(home, 'file'), 'a.part', never);
        await expect(full).rejects.toBeInstanceOf(TemporaryFailure);
        await expect(full).rejects.toMatchObject({ code: 'remoteDiskFull' });
        await remote.remove('a.part'); // the connection is still good
      } finally {
        await remote.close();
      }
    } finally {
      await disk.stop();
    }
  });

  it('says that the host key was changed, until the new one is pinned', async () => {
    const address = addressOf(sshd);
    const seen = await sshd.rotateHostKey();

    const refused = sftpDestination({ guard }).connect(address, never);

    await expect(refused).rejects.toMatchObject({
      code: 'hostKeyChanged',
      details: { expected: address.hostKeyFingerprint, seen },
    });
    const remote = await sftpDestination({ guard }).connect({ ...address, hostKeyFingerprint: seen }, never);
    await remote.close();
  });
});

/** OpenSSH on a disk of 256 kB; where nothing may be mounted, our own server which plays a full one. */
async function fullDisk(sshd: SshdServer, home: string) {
  const mountPoint = join(sshd.directory, 'small');
  await mkdir(mountPoint);
  const isMounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', mountPoint]).then(
    () => true,
    () => false,
  );
  if (isMounted) {
    const { host, port, username, privateKey, hostKeyFingerprint } = sshd;
    const address = { host, port, username, privateKey, hostKeyFingerprint, directory: mountPoint };
    return { address, stop: () => run('umount', [mountPoint]) };
  }
  const server = await startSftpServer({ directory: join(home, 'small'), username: 'muster', password: 'right' });
  server.faults.diskFullAfterBytes = DISK_BYTES;
  const { host, port, hostKeyFingerprint, stop } = server;
  return { address: { host, port, hostKeyFingerprint, username: 'muster', password: 'right' }, stop };
}
