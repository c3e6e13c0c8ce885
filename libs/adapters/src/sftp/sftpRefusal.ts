import { type MusterError, PermanentFailure, TemporaryFailure } from '@muster/core/errors';

/** Status codes of SFTP; from 11 on they belong to later versions, which some version 3 servers send all the same. */
export const status = { endOfList: 1, noSuchFile: 2, permissionDenied: 3, noSpace: 14, quotaExceeded: 15 } as const;

const CONNECTION_CODES = [6, 7]; // "no connection", "connection lost": no answer to the question
const MAX_WORDS = 120;

/** What a server said, fit for a sentence of ours: short, and without control characters. */
export const tamed = (words: string) => words.replace(/[^\x20-\x7e]+/g, ' ').slice(0, MAX_WORDS);

/** The server's own "no": a status code, and words that are shown but never trusted. */
export class SftpRefusal extends Error {
  readonly status: number;
  readonly words: string;

  constructor(status: number, words: string) {
    super(words);
    this.status = status;
    this.words = tamed(words);
  }

  /** Whether the server says that it has no room. OpenSSH does not: there a full disk is a plain "Failure". */
  get tellsNoRoom() {
    return (
      this.status === status.noSpace ||
      this.status === status.quotaExceeded ||
      /no space|disk (is )?full|quota/i.test(this.words)
    );
  }
}

/** Turns what a request was answered with into a refusal, or into `lost` where it was no answer. */
export function answerFailure(error: unknown, lost: () => MusterError): SftpRefusal | MusterError {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === 'number' && !CONNECTION_CODES.includes(code)) return new SftpRefusal(code, String(message));
  return lost();
}

/** Nobody answers there, or not any more: trying again later can help. */
export function unreachable(where: string, why: string, code?: string): TemporaryFailure {
  return new TemporaryFailure('sftpUnreachable', `the SFTP server ${where} cannot be reached: ${why}`, {
    details: { server: where, ...(code !== undefined && { code }) },
  });
}

/** What a refused request means, in the words of whoever has to mend it. `doing` reads "write a.csv". */
export function refusedTo(doing: string, { refusal, where }: { refusal: SftpRefusal; where: string }): MusterError {
  const details = { server: where, status: refusal.status, words: refusal.words };
  if (refusal.tellsNoRoom) return diskFull(doing, { refusal, where });
  if (refusal.status === status.permissionDenied)
    return new PermanentFailure(
      'remotePermissionDenied',
      `the SFTP server ${where} does not let us ${doing}; give the user the right to write there`,
      { details },
    );
  return new PermanentFailure('remoteRefused', `the SFTP server ${where} refused to ${doing}: ${refusal.words}`, {
    details,
  });
}

/** The server has no room for the file: temporary, as rooms are cleared. */
export function diskFull(doing: string, { refusal, where }: { refusal: SftpRefusal; where: string }): TemporaryFailure {
  return new TemporaryFailure(
    'remoteDiskFull',
    `the SFTP server ${where} stopped taking data when asked to ${doing} (${refusal.words}); its disk or quota is full`,
    { details: { server: where, status: refusal.status, words: refusal.words } },
  );
}

/** The directory to work in is not there. */
export function directoryMissing(directory: string, where: string): PermanentFailure {
  return new PermanentFailure(
    'remoteDirectoryMissing',
    `the SFTP server ${where} has no directory "${directory}"; create it there or correct cdDir`,
    { details: { server: where, directory } },
  );
}
