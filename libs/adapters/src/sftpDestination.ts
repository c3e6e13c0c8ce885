import { type Destination } from '@muster/pipeline/ports';
import { type AddressGuard } from './addressGuard/addressGuard.ts';
import { cutShort } from './sftp/cutShort.ts';
import { openSession } from './sftp/openSession.ts';
import { enterDirectory, remoteDirectory } from './sftp/remoteDirectory.ts';
import { defaultSftpLimits, type SftpLimits } from './sftp/sftpLimits.ts';

/** Which servers may be called, and limits other than the defaults (`sftpLimits.ts`). */
export interface SftpOptions extends Partial<SftpLimits> {
  guard: AddressGuard;
  /** Whether a server is refused whose key is not known beforehand; default: the first one seen will do. */
  requireHostKeys?: boolean;
}

/** Delivers files over SFTP. */
export function sftpDestination(options: SftpOptions): Destination {
  const limits = { ...defaultSftpLimits, ...options };
  return {
    // The place for a pool: hand out an idle session of the same address, and let `close` give it back.
    connect: async (address, signal) => {
      const directory = address.directory || '.'; // where the login lands
      const session = await openSession(address, limits, signal);
      try {
        const scissors = { ...session, signal, timeoutMs: limits.connectTimeoutMs, cut: session.destroy };
        await cutShort(scissors, () => enterDirectory(session, directory));
        return remoteDirectory(session, directory, limits);
      } catch (error) {
        await session.end();
        throw error;
      }
    },
  };
}
