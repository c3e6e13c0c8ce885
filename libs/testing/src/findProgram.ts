import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { installPackage } from './installPackage.ts';

/** The programs that tests start and that no npm package brings. */
const PROGRAMS = {
  // Debian's redis-tools holds the whole server, under the name of its file checker, and starts no service
  'redis-server': {
    names: ['redis-server', 'valkey-server', 'redis-check-rdb'],
    debian: 'redis-tools',
    others: 'redis or valkey',
  },
  sshd: { names: ['sshd'], debian: 'openssh-server', others: 'OpenSSH' },
  sftp: { names: ['sftp'], debian: 'openssh-client', others: 'OpenSSH' },
  'ssh-keygen': { names: ['ssh-keygen'], debian: 'openssh-client', others: 'OpenSSH' },
  psql: { names: ['psql'], debian: 'postgresql-client', others: "PostgreSQL's client (libpq)" },
};
const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/sbin', '/opt/homebrew/bin']; // sshd is on few users' PATH

export type Program = keyof typeof PROGRAMS;

/** The full path of a program; installs it where apt-get needs no password, else says what to install. */
export async function findProgram(program: Program): Promise<string> {
  const { names, debian, others } = PROGRAMS[program];
  const found = await firstOnPath(names);
  if (found) return found;
  const refusal = await installPackage(debian);
  const installed = await firstOnPath(names);
  if (installed) return installed;
  throw new Error(
    `there is no ${program} here, and ${refusal ?? `the package ${debian} did not bring it`}: ` +
      `install ${debian} (Debian, Ubuntu; with apt-get) or ${others} (elsewhere), and see that it is on the PATH`,
  );
}

async function firstOnPath(names: string[]) {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...SYSTEM_FOLDERS].filter(Boolean);
  for (const path of names.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    if (await mayRun(path)) return path;
  }
  return undefined;
}

function mayRun(path: string) {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
