import { stat } from 'node:fs/promises';
import { findFile } from './findFile.ts';
import { type SftpLimits } from './sftpLimits.ts';
import { diskFull, refusedTo, SftpRefusal, status, directoryMissing } from './sftpRefusal.ts';
import { type SftpSession } from './sftpSession.ts';
import { writeInOrder } from './writeInOrder.ts';

/** A local file and where it goes: `path` as the server takes it, `name` for sentences. */
export interface Upload {
  localPath: string;
  directory: string;
  path: string;
  name: string;
}

/**
 * Uploads a file with many writes under way. A server that refuses them, or keeps another number of bytes, gets the
 * whole file again with one write after the other; what it refuses then counts. Returns whether one by one was needed.
 */
export async function uploadFile(
  session: SftpSession,
  upload: Upload,
  limits: SftpLimits,
): Promise<{ oneByOne: boolean }> {
  const { size } = await stat(upload.localPath);
  if (limits.underWayBytes > 0) {
    try {
      await write(session, upload, limits);
      const stored = await findFile(session, upload);
      if (!stored || stored.sizeBytes === size) return { oneByOne: false }; // not there any more: for the caller to judge
    } catch (error) {
      if (!(error instanceof SftpRefusal)) throw error;
      if (error.tellsNoRoom) throw refusedTo(`write ${upload.name}`, { refusal: error, where: session.where });
    }
  }
  try {
    await write(session, upload, { ...limits, underWayBytes: 0 });
  } catch (error) {
    throw error instanceof SftpRefusal ? writeRefused(error, { upload, where: session.where }) : error;
  }
  return { oneByOne: true };
}

async function write(session: SftpSession, upload: Upload, limits: SftpLimits): Promise<void> {
  const handle = await open(session, upload);
  try {
    await writeInOrder(session, handle, { ...limits, localPath: upload.localPath });
  } catch (error) {
    if (error instanceof SftpRefusal) await close(session, handle).catch(() => undefined); // the first failure tells
    throw error;
  }
  await close(session, handle); // some servers notice a full disk or quota only here
}

const close = (session: SftpSession, handle: Buffer) => session.ask((sftp, done) => sftp.close(handle, done));

async function open(session: SftpSession, { path, name, directory }: Upload): Promise<Buffer> {
  try {
    return await session.ask<Buffer>((sftp, done) => sftp.open(path, 'w', done));
  } catch (error) {
    if (!(error instanceof SftpRefusal)) throw error;
    if (error.status === status.noSuchFile) throw directoryMissing(directory, session.where);
    throw refusedTo(`create ${name}`, { refusal: error, where: session.where });
  }
}

/** A file that could be opened but not filled: without better words that is a full disk (OpenSSH says "Failure"). */
function writeRefused(refusal: SftpRefusal, { upload, where }: { upload: Upload; where: string }) {
  const doing = `write ${upload.name}`;
  return refusal.status === status.permissionDenied
    ? refusedTo(doing, { refusal, where })
    : diskFull(doing, { refusal, where });
}
