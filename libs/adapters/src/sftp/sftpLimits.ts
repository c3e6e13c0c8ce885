/** How long we wait for an SFTP server, and how much we have under way at once. */
export interface SftpLimits {
  /** Name and connection together; then the login; then the directory: for each. Default 20 s. */
  connectTimeoutMs: number;
  /** The longest silence while an answer is owed. Default 30 s. */
  answerTimeoutMs: number;
  /** One file, from its first byte to its last. Default 60 min. */
  uploadTimeoutMs: number;
  /** Bytes sent and not yet answered; 0 means one write after the other. Default 2 MiB, OpenSSH's window. */
  underWayBytes: number;
  /** Sessions that are open to one server at once; more wait for their turn. Default 8. */
  perServer: number;
  /** For how long a session is kept that nobody uses; 0, the default, keeps none. */
  idleMs: number;
}

/** The limits for whatever is not said otherwise. */
export const defaultSftpLimits: SftpLimits = {
  connectTimeoutMs: 20_000,
  answerTimeoutMs: 30_000,
  uploadTimeoutMs: 3_600_000,
  underWayBytes: 2 * 1024 * 1024,
  perServer: 8,
  idleMs: 0,
};
