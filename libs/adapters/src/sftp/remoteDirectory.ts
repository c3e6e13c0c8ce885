import { PermanentFailure } from '@muster/core/errors';
import { type RemoteDirectory } from '@muster/pipeline/ports';
import { type Stats } from 'ssh2';
import { cutShort } from './cutShort.ts';
import { findFile } from './findFile.ts';
import { type SftpLimits } from './sftpLimits.ts';
import { directoryMissing, refusedTo, SftpRefusal, status } from './sftpRefusal.ts';
import { type SftpSession } from './sftpSession.ts';
import { uploadFile } from './uploadFile.ts';

/** Checks that the directory is there, as far as the server tells. "." is where the login lands. */
export async function enterDirectory(session: SftpSession, directory: string): Promise<void> {
  try {
    const stats = await session.ask<Stats>((sftp, done) => sftp.stat(directory, done));
    if (!stats.isDirectory()) throw directoryMissing(directory, session.where);
  } catch (error) {
    if (!(error instanceof SftpRefusal)) throw error;
    if (error.status === status.noSuchFile) throw directoryMissing(directory, session.where);
    if (error.status === status.permissionDenied)
      throw refusedTo(`enter the directory "${directory}"`, { refusal: error, where: session.where });
    // a server without `stat`: writing will tell
  }
}

/** The files of one directory over an open connection. */
export function remoteDirectory(session: SftpSession, directory: string, limits: SftpLimits): RemoteDirectory {
  const { where } = session;
  const at = (name: string) => ({ name, directory, path: pathOf(directory, name) });
  let { underWayBytes } = limits;
  return {
    hostKeyFingerprint: session.hostKeyFingerprint,
    upload: (localPath, name, signal) =>
      cutShort({ where, signal, timeoutMs: limits.uploadTimeoutMs, cut: session.destroy }, async () => {
        const { oneByOne } = await uploadFile(session, { localPath, ...at(name) }, { ...limits, underWayBytes });
        if (oneByOne) underWayBytes = 0; // this server will not like many writes the next time either
      }),
    find: async (name) => findFile(session, at(name)),
    rename: async (from, to) => {
      const [source, target] = [at(from).path, at(to).path];
      await session
        .ask((sftp, done) => sftp.rename(source, target, done)) // never posix-rename: it overwrites silently
        .catch((error: unknown) => {
          throw error instanceof SftpRefusal ? renameRefused(error, { where, to }) : error;
        });
    },
    remove: async (name) => {
      await session
        .ask((sftp, done) => sftp.unlink(at(name).path, done))
        .catch((error: unknown) => {
          if (!(error instanceof SftpRefusal)) throw error;
          if (error.status !== status.noSuchFile) throw refusedTo(`remove ${name}`, { refusal: error, where });
        });
    },
    close: async () => session.end(),
  };
}

function pathOf(directory: string, name: string) {
  if (name === '' || name === '.' || name === '..' || /[/\\\0]/.test(name))
    throw new PermanentFailure('remoteNameRefused', 'a remote file name may hold no path', { details: { name } });
  if (directory === '.') return name;
  return directory.endsWith('/') ? directory + name : `${directory}/${name}`;
}

function renameRefused(refusal: SftpRefusal, { where, to }: { where: string; to: string }) {
  return new PermanentFailure(
    'renameRefused',
    `the SFTP server ${where} refused to give ${to} its name: ${refusal.words}; most often a file of that name is there already`,
    { details: { server: where, status: refusal.status, words: refusal.words } },
  );
}
