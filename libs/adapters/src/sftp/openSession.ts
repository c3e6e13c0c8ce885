import { type SftpAddress } from '@muster/pipeline/ports';
import { type AddressGuard } from '../addressGuard/addressGuard.ts';
import { requireUsableKey } from './credentials.ts';
import { cutShort } from './cutShort.ts';
import { dialSftp } from './dialSftp.ts';
import { algorithmsBeyond, hostKeyChanged, hostKeyRequired, NO_KEY, type ShownHostKey } from './hostKeys.ts';
import { logIn } from './logIn.ts';
import { type SftpLimits } from './sftpLimits.ts';
import { sftpSession, type SftpSession } from './sftpSession.ts';

/** Who says which addresses may be called, and how long we wait. */
export interface SessionOptions extends SftpLimits {
  guard: AddressGuard;
  /** Whether a server is refused whose key is not known beforehand; default: any key will do. */
  requireHostKeys?: boolean;
}

/**
 * Dials and logs in. A server has a host key of each kind and shows the one we name first; the pinned one may be
 * another, so "changed" is said only after it was asked for every kind. No credential goes out before a match.
 */
export async function openSession(
  address: SftpAddress,
  options: SessionOptions,
  signal: AbortSignal,
): Promise<SftpSession> {
  const { guard, connectTimeoutMs: timeoutMs, answerTimeoutMs } = options;
  const where = `${address.host}:${address.port}`;
  const expected = address.hostKeyFingerprint ?? (options.requireHostKeys ? NO_KEY : undefined);
  requireUsableKey(address);
  const seen: ShownHostKey[] = [];
  for (;;) {
    const socket = await dialSftp({ ...address, guard, timeoutMs, signal });
    const scissors = { where, signal, timeoutMs, cut: () => void socket.destroy() };
    const login = await cutShort(scissors, () =>
      logIn(socket, { ...address, ...(expected !== undefined && { hostKeyFingerprint: expected }) }, seen),
    );
    if ('sftp' in login) return sftpSession({ socket, login, where, answerTimeoutMs });
    if ('otherKey' in login && expected === NO_KEY) throw hostKeyRequired(where, login.otherKey);
    if ('otherKey' in login) seen.push(login.otherKey);
    const askedForAll = 'noSuchKind' in login || algorithmsBeyond(seen).length === 0;
    if (expected !== undefined && seen.length > 0 && askedForAll) throw hostKeyChanged(where, { expected, seen });
    if ('failure' in login) throw login.failure;
  }
}
