import { execFile } from 'node:child_process';
import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Sftp from 'ssh2-sftp-client';
import { findProgram } from './findProgram.ts';
import { startSshd, type SshdServer } from './startSshd.ts';

const run = promisify(execFile);

/** Connects with ssh2 and gives the fingerprint of the key that the server showed. */
async function hostKeyShownBy({ host, port, username, privateKey }: SshdServer) {
  const client = new Sftp('test');
  let shown = '';
  const hostVerifier = (hash: string) => {
    shown = `SHA256:${Buffer.from(hash, 'hex').toString('base64').replace(/=+$/, '')}`;
    return true;
  };
  await client.connect({ host, port, username, privateKey, hostHash: 'sha256', hostVerifier });
  await client.end();
  return shown;
}

it('takes a file from the sftp program, and it lands in the directory', async () => {
  const server = await startSshd();
  const file = join(server.directory, '..', 'batch');
  await writeFile(file, `put ${file} contacts.csv\n`);
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'IdentitiesOnly=yes'];
  const args = [...options.flatMap((option) => ['-o', option]), '-i', server.privateKeyFile, '-P', String(server.port)];

  await run(await findProgram('sftp'), ['-b', file, ...args, `${server.username}@${server.host}`]);

  const landed = await readFile(join(server.directory, 'contacts.csv'), 'utf8');
  await server.stop();
  expect(landed).toContain('contacts.csv');
});

it('shows the host key whose fingerprint it tells, before and after it was changed', async () => {
  const server = await startSshd();
  const first = server.hostKeyFingerprint;

  const before = await hostKeyShownBy(server);
  const second = await server.rotateHostKey();
  const after = await hostKeyShownBy(server);
  await server.stop();

  expect([before, after]).toEqual([first, second]);
  expect(second).not.toBe(first);
});

it('leaves no file behind when it is stopped', async () => {
  const server = await startSshd();

  await server.stop();

  await expect(access(server.directory)).rejects.toMatchObject({ code: 'ENOENT' });
});
