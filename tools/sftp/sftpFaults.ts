/** The requests of SFTP that our server answers, as ssh2 names them. */
export const requests = [
  ...['OPEN', 'READ', 'WRITE', 'CLOSE', 'STAT', 'LSTAT', 'FSTAT', 'SETSTAT', 'FSETSTAT'],
  ...['OPENDIR', 'READDIR', 'MKDIR', 'RMDIR', 'REMOVE', 'RENAME', 'REALPATH'],
];

/** What the server shall do wrong. Set a field and it happens from then on; delete it and it stops. */
export interface SftpFaults {
  /** Cuts the connection once so many bytes of files were written over it. */
  cutAfterBytes?: number;
  /** The disk is full after so many bytes of one file. */
  diskFullAfterBytes?: number;
  /** A full disk is not told: writes behind its end are lost with success. */
  pretendsSuccess?: boolean;
  /** Refuses these requests with a status code of SFTP. */
  refuses?: Record<string, number>;
  /** Does these, and never answers. */
  losesReplyTo?: string[];
  /** Refuses, loses replies and fetches only where a name looks like this; default: everywhere. */
  onlyFor?: RegExp;
  /** Waits so long before each answer: a trickle. */
  answerDelayMs?: number;
  /** Refuses a write that comes while another one is not answered. */
  oneWriteAtATime?: boolean;
  /** Has one more name for every list that has come to its end. */
  listsForEver?: boolean;
  /** Writes everything at the end of the file, wherever it was meant to go. */
  ignoresOffsets?: boolean;
  /** Knows so many letters of a name, and takes names that begin alike for one. */
  namesAtMost?: number;
  /** Cuts names to so many letters, but only when a file is renamed. */
  finalNamesAtMost?: number;
  /** Whoever reads the directory takes each file away as soon as it was renamed, into this one of our disk. */
  fetchesInto?: string;
}

/** What a session needs to know of its server. */
export interface Served {
  root: string;
  faults: SftpFaults;
  /** What was asked, in order: `RENAME a.part a.csv`, and `RENAMED …` once that is done; writes are left out. */
  log: string[];
  /** Ends the connection under the client's feet. */
  cut: () => void;
}

/** Status codes of SFTP version 3. */
export const statusCode = {
  ok: 0,
  endOfFile: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
  unsupported: 8,
} as const;

/** A "no" with its status code. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number, message = 'Failure') {
    super(message);
    this.status = status;
  }
}
