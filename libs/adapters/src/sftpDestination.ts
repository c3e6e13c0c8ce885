import { codeOf } from '@muster/core/errors';
import { type Destination } from '@muster/pipeline/ports';
import { type AddressGuard } from './addressGuard/addressGuard.ts';
import { cutShort } from './sftp/cutShort.ts';
import { openSession } from './sftp/openSession.ts';
import { enterDirectory, remoteDirectory } from './sftp/remoteDirectory.ts';
import { sessionPool } from './sftp/sessionPool.ts';
import { defaultSftpLimits, type SftpLimits } from './sftp/sftpLimits.ts';

/** Which servers may be called, and limits other than the defaults (`sftpLimits.ts`). */
export interface SftpOptions extends Partial<SftpLimits> {
  guard: AddressGuard;
  /** Whether a server is refused whose key is not known beforehand; default: the first one seen will do. */
  requireHostKeys?: boolean;
}

/** A destination that keeps sessions for a while. */
export interface SftpDestination extends Destination {
  /** Ends the sessions that nobody uses. */
  close(): Promise<void>;
}

/** Delivers files over SFTP. */
export function sftpDestination(options: SftpOptions): SftpDestination {
  const limits = { ...defaultSftpLimits, ...options };
  const pool = sessionPool((address, signal) => openSession(address, limits, signal), limits);
  return {
    connect: async (address, signal) => {
      const directory = address.directory || '.'; // where the login lands
      for (;;) {
        const session = await pool.take(address, signal);
        try {
          const scissors = { ...session, signal, timeoutMs: limits.connectTimeoutMs, cut: session.destroy };
          await cutShort(scissors, () => enterDirectory(session, directory));
          return remoteDirectory(session, directory, limits);
        } catch (error) {
          await session.end();
          const foundDead = session.usedBefore && codeOf(error) === 'sftpUnreachable';
          if (!foundDead) throw error;
          await pool.forget(address); // its neighbours are as old
        }
      }
    },
    close: () => pool.close(),
  };
}
