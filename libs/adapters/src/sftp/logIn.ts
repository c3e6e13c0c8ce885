import { type Socket } from 'node:net';
import { type MusterError, PermanentFailure } from '@muster/core/errors';
import { type SftpAddress } from '@muster/pipeline/ports';
import { type SFTPWrapper } from 'ssh2';
import SftpClient from 'ssh2-sftp-client';
import { credentials } from './credentials.ts';
import { algorithmsBeyond, hostKeyCheck, type ShownHostKey } from './hostKeys.ts';
import { tamed, unreachable } from './sftpRefusal.ts';

/** A login that worked. */
export interface Login {
  client: SftpClient;
  sftp: SFTPWrapper;
  hostKey: ShownHostKey;
  /** The most data that one write may carry. */
  maxWriteBytes: number;
}

/** Why there is no login: another key was shown, no further kind of key is there, or a failure to hand on. */
export type NoLogin =
  { otherKey: ShownHostKey } | { noSuchKind: true; failure: MusterError } | { failure: MusterError };

const MACS = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
] as const;
const NO_LOGIN_REASONS: unknown[] = [14, 15]; // of a disconnect: no more methods, no such user
// The same rule and sizes as ssh2's, which splits what is larger and then waits for each part.
const TAKES_LARGE_WRITES = /^SSH-2\.0-(OpenSSH|dropbear)/m;
const LARGE_WRITE_BYTES = 254 * 1024;
const SMALL_WRITE_BYTES = 31 * 1024;
const ignore = () => undefined;

/** Shakes hands over `socket`, checks the host key before anything else, and logs in with the address's one method. */
export async function logIn(socket: Socket, address: SftpAddress, seen: ShownHostKey[]): Promise<Login | NoLogin> {
  const { methodsTaken, ...offer } = credentials(address);
  const client = new SftpClient('muster', { error: ignore, end: ignore, close: ignore }); // it prints otherwise
  const told: unknown[] = []; // the errors as ssh2 made them: those of the client have lost their kind
  client.on('error', (error) => told.push(error));
  let maxWriteBytes = SMALL_WRITE_BYTES;
  socket.once('data', (greeting: Buffer) => {
    if (TAKES_LARGE_WRITES.test(greeting.toString('latin1'))) maxWriteBytes = LARGE_WRITE_BYTES;
  });
  const check = hostKeyCheck(address.hostKeyFingerprint);
  try {
    const sftp = await client.connect({
      sock: socket,
      ...offer,
      hostVerifier: check.verify,
      algorithms: { serverHostKey: algorithmsBeyond(seen), hmac: [...MACS] },
      readyTimeout: 0, // whoever made the socket holds the clock and destroys it
    });
    return { client, sftp, hostKey: check.shown, maxWriteBytes };
  } catch (error) {
    socket.destroy();
    return check.isOther ? { otherKey: check.shown } : noLogin(told[0] ?? error, { address, methodsTaken });
  }
}

function noLogin(error: unknown, { address, methodsTaken }: { address: SftpAddress; methodsTaken: string[] }): NoLogin {
  const where = `${address.host}:${address.port}`;
  const { level, code, message = '' } = error as { level?: string; code?: unknown; message?: string };
  if (level === 'client-authentication' || NO_LOGIN_REASONS.includes(code) || /authentication failures/i.test(message))
    return { failure: loginRefused(address, methodsTaken) };
  if (/no matching host key/i.test(message)) return { noSuchKind: true, failure: incompatible(where, message) };
  if (level === 'handshake' && /no matching/i.test(message)) return { failure: incompatible(where, message) };
  if (/subsystem/i.test(message))
    return { failure: new PermanentFailure('sftpNotOffered', `${where} lets us log in but offers no SFTP`) };
  return { failure: unreachable(where, 'the connection ended during the login') };
}

function loginRefused(address: SftpAddress, methodsTaken: string[]) {
  const given = address.privateKey === undefined ? 'password' : 'private key';
  const taken = methodsTaken.length > 0 ? ` (it takes: ${methodsTaken.join(', ')})` : '';
  return new PermanentFailure(
    'sftpLoginRefused',
    `the SFTP server ${address.host}:${address.port} refused the user name or the ${given}${taken}; ` +
      'correct them in the SFTP settings. It was tried once only, as more could lock the account',
    { details: { server: `${address.host}:${address.port}`, methodsTaken } },
  );
}

function incompatible(where: string, message: string) {
  return new PermanentFailure(
    'sftpIncompatible',
    `the SFTP server ${where} and we share no modern algorithm (${tamed(message)}); update the server`,
    { details: { server: where } },
  );
}
