import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '@muster/testing/findProgram';
import { newKeyPair } from '@muster/testing/newKeyPair';
import SftpClient from 'ssh2-sftp-client';
import { startSftpServer, type SftpServer } from './startSftpServer.ts';

const run = promisify(execFile);
const quiet = { error: () => undefined, end: () => undefined, close: () => undefined };

describe('the SFTP server of the demo', () => {
  const key = newKeyPair();
  const content = randomBytes(700_000);
  let home = '';
  let server: SftpServer;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'muster-sftp-server-'));
    await writeFile(join(home, 'secret'), 'outside');
    await writeFile(join(home, 'local'), content);
    await writeFile(join(home, 'key'), key.private, { mode: 0o600 });
    const login = { username: 'muster', password: 'right', authorizedKey: key.public };
    server = await startSftpServer({ directory: join(home, 'world'), ...login });
  });
  afterAll(async () => {
    await server.stop();
    await rm(home, { recursive: true });
  });
  const world = (...names: string[]) => join(home, 'world', ...names);

  /** Runs OpenSSH's client; rejects where a command fails. */
  const sftp = async (...commands: string[]) => {
    await writeFile(join(home, 'batch'), commands.join('\n'));
    const trust = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'];
    const target = ['-b', join(home, 'batch'), '-i', join(home, 'key'), '-P', String(server.port), ...trust];
    return run(await findProgram('sftp'), [...target, `muster@${server.host}`]);
  };
  const connected = async () => {
    const client = new SftpClient('test', quiet);
    const { host, port } = server;
    await client.connect({ host, port, username: 'muster', password: 'right' });
    return client;
  };

  it('serves OpenSSH: directories, upload, list, rename, download, removal', async () => {
    await sftp(
      ...['mkdir in', `put ${join(home, 'local')} in/a.part`, 'rename in/a.part in/a.csv', 'chmod 600 in/a.csv'],
      ...[`get in/a.csv ${join(home, 'back')}`, 'cd in', 'ls -l'],
    );

    expect((await readFile(join(home, 'back'))).equals(content)).toBe(true);
    expect((await readFile(world('in', 'a.csv'))).equals(content)).toBe(true);

    await sftp('rm in/a.csv', 'rmdir in');
    expect(await readdir(world())).toEqual([]);
  });

  it('serves ssh2-sftp-client: upload, list, download, removal', async () => {
    const client = await connected();
    try {
      await client.fastPut(join(home, 'local'), 'b.csv');
      const [entry] = await client.list('/');
      const back = await client.get('b.csv');
      await client.delete('b.csv');

      expect(entry).toMatchObject({ name: 'b.csv', size: content.length, type: '-' });
      expect((back as Buffer).equals(content)).toBe(true);
      expect(await client.exists('b.csv')).toBe(false);
    } finally {
      await client.end();
    }
  });

  it('lists more files than fit into one answer', async () => {
    const names = Array.from({ length: 250 }, (_, i) => `file${i}`).sort();
    await Promise.all(names.map((name) => writeFile(world(name), '')));
    const client = await connected();
    try {
      const listed = await client.list('/');

      expect(listed.map(({ name }) => name).sort()).toEqual(names);
    } finally {
      await client.end();
      await Promise.all(names.map((name) => rm(world(name))));
    }
  });

  it('never leaves its directory, by dots or by links', async () => {
    await symlink(join(home, 'secret'), world('link'));
    await symlink(join(home, 'not-there'), world('dangling'));
    await symlink(home, world('up'));
    const client = await connected();
    try {
      await expect(client.get('../secret')).rejects.toThrow('No such file');
      await expect(client.get('link')).rejects.toThrow('Permission denied');
      await expect(client.get('up/secret')).rejects.toThrow('Permission denied');
      await expect(client.put(Buffer.from('x'), 'dangling')).rejects.toThrow();
      expect(await readdir(home)).not.toContain('not-there');
    } finally {
      await client.end();
      for (const name of ['link', 'dangling', 'up']) await rm(world(name));
    }
  });

  it('refuses to rename over a file, as OpenSSH does', async () => {
    await writeFile(world('a.part'), 'ours');
    await writeFile(world('a.csv'), 'theirs');
    const client = await connected();
    try {
      await expect(client.rename('a.part', 'a.csv')).rejects.toThrow('Failure');
      expect(await readFile(world('a.csv'), 'utf8')).toBe('theirs');
    } finally {
      await client.end();
      for (const name of ['a.part', 'a.csv']) await rm(world(name));
    }
  });
});
