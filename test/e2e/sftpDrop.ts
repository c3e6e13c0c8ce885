import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type SftpServer, startSftpServer } from '../../tools/sftp/startSftpServer.ts';

/** An SFTP server with faults on demand, and what arrived there. */
export interface SftpDrop extends Pick<SftpServer, 'faults' | 'log' | 'cutAll' | 'stop'> {
  /** As a campaign names it. */
  settings: { host: string; username: string; password: string; cdDir: string; hostKeyFingerprint: string };
  directory: string;
  /** The names of all files there. */
  names(): Promise<string[]>;
  read(name: string): Promise<Buffer>;
  /** How often a file was given its final name, as the server itself has seen it. */
  renamesTo(name: string): number;
}

/** Starts a drop whose files land in `directory`/in. */
export async function sftpDrop(directory: string, password: string): Promise<SftpDrop> {
  await mkdir(join(directory, 'in'), { recursive: true });
  const server = await startSftpServer({ directory, username: 'muster', password });
  const { host, port, faults, log, cutAll, stop, hostKeyFingerprint } = server;
  return {
    ...{ faults, log, cutAll, stop },
    settings: { host: `${host}:${port}`, username: 'muster', password, cdDir: 'in', hostKeyFingerprint },
    directory: join(directory, 'in'),
    names: () => readdir(join(directory, 'in')),
    read: (name) => readFile(join(directory, 'in', name)),
    renamesTo: (name) => log.filter((line) => line.startsWith('RENAMED ') && line.endsWith(`/${name}`)).length,
  };
}
