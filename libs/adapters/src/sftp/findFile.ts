import { type FileEntryWithStats, type SFTPWrapper, type Stats } from 'ssh2';
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

interface Sought {
  directory: string;
  name: string;
}

async function findInList(session: SftpSession, sought: Sought) {
  const { name } = sought;
  try {
    const entry = await session.ask<FileEntryWithStats | undefined>((sftp, done) => lookThrough(sftp, sought, done));
    return entry && { sizeBytes: entry.attrs.size };
  } catch (error) {
    if (!(error instanceof SftpRefusal)) throw error;
    throw refusedTo(`look at ${name}`, { refusal: error, where: session.where });
  }
}

/** Looks through a list part by part, and keeps none of it: how long it is, the server decides. */
function lookThrough(
  sftp: SFTPWrapper,
  { directory, name }: Sought,
  done: (error: unknown, entry?: FileEntryWithStats) => void,
) {
  sftp.opendir(directory, (refused, handle) => {
    if (refused) {
      done(refused);
      return;
    }
    const end = (error: unknown, entry?: FileEntryWithStats) => {
      sftp.close(handle, () => done(error, entry));
    };
    const next = () => {
      sftp.readdir(handle, (error, part) => {
        const entry = error ? undefined : part.find(({ filename }) => filename === name);
        if (error || entry) end(isEndOfList(error) ? undefined : error, entry);
        else next();
      });
    };
    next();
  });
}

const isEndOfList = (error: unknown) => (error as { code?: unknown } | undefined)?.code === status.endOfList;
