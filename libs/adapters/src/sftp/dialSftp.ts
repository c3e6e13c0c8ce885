import { type Socket } from 'node:net';
import { codeOf, MusterError } from '@muster/core/errors';
import { type AddressGuard } from '../addressGuard/addressGuard.ts';
import { guardedConnect } from '../addressGuard/guardedConnect.ts';
import { unreachable } from './sftpRefusal.ts';

/** Where to call, and what ends the call early. */
export interface Call {
  host: string;
  port: number;
  guard: AddressGuard;
  timeoutMs: number;
  signal: AbortSignal;
}

const NAME_FAILURE = /^(ENOTFOUND|ENODATA|EAI_\w+)$/;

/** Opens the TCP connection, to an address that the guard has checked. Throws `addressForbidden` or `sftpUnreachable`. */
export async function dialSftp({ host, port, guard, timeoutMs, signal }: Call): Promise<Socket> {
  try {
    return await guardedConnect({ guard, target: { scheme: 'sftp', host, port }, timeoutMs, signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof MusterError) throw error;
    const code = codeOf(error) ?? 'no connection';
    if (NAME_FAILURE.test(code)) throw unreachable(`${host}:${port}`, `its name is not known (${code})`, code);
    throw unreachable(`${host}:${port}`, code === 'ETIMEDOUT' ? 'no answer' : code);
  }
}
