import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from './findProgram.ts';
import { startGuarded } from './startGuarded.ts';
import { startOnFreePort, untilLogged } from './startOnFreePort.ts';

const run = promisify(execFile);
const PRIVILEGE_SEPARATION = '/run/sshd'; // Debian's sshd wants it when root starts it, and its service makes it

export interface SshdServer {
  host: string;
  port: number;
  username: string;
  /** The client's key, in OpenSSH's text format: sshd checks passwords only where it may read the system's. */
  privateKey: string;
  /** The same key as a file, for the programs `sftp` and `ssh`. */
  privateKeyFile: string;
  /** The key that the server shows at present, as `SHA256:…`. */
  readonly hostKeyFingerprint: string;
  /** Where a session begins and uploads land. */
  directory: string;
  /** Gives the server another host key; returns its fingerprint. */
  rotateHostKey(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts OpenSSH's sshd for SFTP on a free port of 127.0.0.1, for the present user; it ends when we do. */
export async function startSshd(): Promise<SshdServer> {
  const program = await findProgram('sshd');
  if (process.getuid?.() === 0) await mkdir(PRIVILEGE_SEPARATION, { recursive: true, mode: 0o755 });
  const home = await mkdtemp(join(tmpdir(), 'muster-sshd-'));
  await makeHome(home);
  let fingerprint = await makeKey(join(home, 'host'));
  let running = await startOnFreePort((port) => launch({ program, home, port }));
  const { port } = running;
  return {
    host: '127.0.0.1',
    port,
    username: userInfo().username,
    privateKey: await readFile(join(home, 'client'), 'utf8'),
    privateKeyFile: join(home, 'client'),
    directory: join(home, 'uploads'),
    get hostKeyFingerprint() {
      return fingerprint;
    },
    rotateHostKey: async () => {
      await running.server.kill();
      fingerprint = await makeKey(join(home, 'host'));
      running = await launch({ program, home, port });
      return fingerprint;
    },
    stop: () => running.server.stop(),
  };
}

async function makeHome(home: string) {
  await mkdir(join(home, 'uploads'));
  await makeKey(join(home, 'client'));
  await copyFile(join(home, 'client.pub'), join(home, 'authorized_keys'));
}

async function makeKey(file: string) {
  await rm(file, { force: true });
  await run(await findProgram('ssh-keygen'), ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', file]);
  const [, key = ''] = (await readFile(`${file}.pub`, 'utf8')).split(' ');
  const hash = createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64');
  return `SHA256:${hash.replace(/=+$/, '')}`;
}

async function launch({ program, home, port }: { program: string; home: string; port: number }) {
  const config = join(home, 'sshd_config');
  const logFile = join(home, 'server.log');
  await writeFile(config, settings(home, port));
  await rm(logFile, { force: true });
  const server = startGuarded({
    command: program, // the full path: sshd starts itself anew for each connection
    args: ['-D', '-e', '-f', config],
    logFile,
    stopSignal: 'TERM',
    removeAtStop: [home],
  });
  try {
    await untilLogged(server, logFile, 'Server listening');
    return { server, port };
  } catch (error) {
    await server.kill();
    throw error;
  }
}

function settings(home: string, port: number) {
  return `
ListenAddress 127.0.0.1
Port ${port}
HostKey ${join(home, 'host')}
AuthorizedKeysFile ${join(home, 'authorized_keys')}
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
PidFile none
MaxStartups 200
AllowTcpForwarding no
Subsystem sftp internal-sftp -d ${join(home, 'uploads')}
ForceCommand internal-sftp -d ${join(home, 'uploads')}
`;
}
