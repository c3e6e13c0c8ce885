import { type FileEntryWithStats, type Stats } from 'ssh2';
import { refusedTo, SftpRefusal, status } from './sftpRefusal.ts';
import { type SftpSession } from './sftpSession.ts';

/** The size of a remote file, or undefined where there is none. A server that cannot tell is asked for its list. */
export async function findFile(
  session: SftpSession,
  { directory, path, name }: { directory: string; path: string; name: string },
): Promise<{ sizeBytes: number } | undefined> {
  try {
    const { size } = await session.ask<Stats>((sftp, done) => sftp.stat(path, done));
    return { sizeBytes: size };
  } catch (error) {
    if (!(error instanceof SftpRefusal)) throw error;
    if (error.status === status.noSuchFile) return undefined;
    // "Failure" and "unsupported" do not say that nothing is there: taking them for that could send a file twice
    if (error.status !== status.permissionDenied) return findInList(session, { directory, name });
    throw refusedTo(`look at ${name}`, { refusal: error, where: session.where });
  }
}

async function findInList(session: SftpSession, { directory, name }: { directory: string; name: string }) {
  try {
    const entries = await session.ask<FileEntryWithStats[]>((sftp, done) => sftp.readdir(directory, done));
    const entry = entries.find(({ filename }) => filename === name);
    return entry && { sizeBytes: entry.attrs.size };
  } catch (error) {
    if (!(error instanceof SftpRefusal)) throw error;
    throw refusedTo(`look at ${name}`, { refusal: error, where: session.where });
  }
}
