/** How long we wait for an SFTP server, and how much we have under way at once. */
export interface SftpLimits {
  /** Address, handshake, login and directory together. Default 20 s. */
  connectTimeoutMs: number;
  /** The longest silence while an answer is owed. Default 30 s. */
  answerTimeoutMs: number;
  /** One file, from its first byte to its last. Default 60 min. */
  uploadTimeoutMs: number;
  /** Writes under way at once; a server that refuses them gets one after the other. Default 64. */
  concurrency: number;
  /** Bytes of one write. Default 32 kB, the most that every server must take. */
  chunkBytes: number;
}

/** The limits for whatever is not said otherwise. */
export const defaultSftpLimits: SftpLimits = {
  connectTimeoutMs: 20_000,
  answerTimeoutMs: 30_000,
  uploadTimeoutMs: 3_600_000,
  concurrency: 64,
  chunkBytes: 32 * 1024,
};
