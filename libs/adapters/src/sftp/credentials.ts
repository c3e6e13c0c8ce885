import { PermanentFailure } from '@muster/core/errors';
import { type SftpAddress } from '@muster/pipeline/ports';
import ssh2, { type AuthHandlerMiddleware, type AuthenticationType } from 'ssh2';

/** What is offered to the server, and what it said it takes once it had refused. */
export interface Credentials {
  username: string;
  password?: string;
  privateKey?: string;
  passphrase?: string;
  authHandler: AuthHandlerMiddleware;
  /** Filled when the server refuses. */
  methodsTaken: string[];
}

/** Prepares the one login try of an address: a second try could lock the account. */
export function credentials({ username, password, privateKey, passphrase }: SftpAddress): Credentials {
  const method: AuthenticationType = privateKey === undefined ? 'password' : 'publickey';
  const methodsTaken: string[] = [];
  let tried = false;
  const authHandler: AuthHandlerMiddleware = (methodsLeft: AuthenticationType[] | null) => {
    if (tried) methodsTaken.push(...(methodsLeft ?? []));
    const next = tried ? false : method;
    tried = true;
    return next;
  };
  return {
    username,
    ...(privateKey === undefined ? { password: password ?? '' } : { privateKey }),
    ...(passphrase === undefined ? {} : { passphrase }),
    authHandler,
    methodsTaken,
  };
}

/** What is wrong with a private key: the key itself, or that its passphrase is missing or another one. */
export type KeyProblem = 'key' | 'passphrase';

/**
 * What is wrong with a private key. Opening one that is locked holds this thread up, some 20 ms for each round of its hash:
 * one of more than `patience` rounds is not opened, and passes where it has a passphrase.
 */
export function findKeyProblem(
  { privateKey, passphrase }: Pick<SftpAddress, 'privateKey' | 'passphrase'>,
  patience = MAX_ROUNDS,
): KeyProblem | undefined {
  if (privateKey === undefined) return undefined;
  const rounds = roundsOf(privateKey);
  if (rounds > MAX_ROUNDS) return 'key';
  if (rounds > patience && passphrase !== undefined) return undefined;
  const parsed: unknown = ssh2.utils.parseKey(privateKey, passphrase);
  // the library's own message is not repeated: it may quote the key
  if (parsed instanceof Error) return /passphrase|bad decrypt/i.test(parsed.message) ? 'passphrase' : 'key';
  const isWhole = (parsed as ssh2.ParsedKey | undefined)?.isPrivateKey() ?? false; // a file of no keys parses to undefined
  return isWhole ? undefined : 'key';
}

/** Refuses a private key that cannot be read, before anyone is called. */
export function requireUsableKey(address: SftpAddress) {
  if (findKeyProblem(address) === undefined) return;
  throw new PermanentFailure(
    'sftpPrivateKeyUnusable',
    'the private key of the SFTP settings cannot be read; give a whole private key (PEM or OpenSSH), and its passphrase if it has one',
  );
}

const MAX_ROUNDS = 256; // ssh-keygen's own is 16 or 24; a key can name four billion

/** How often the passphrase of a key in OpenSSH's format is hashed; 0 for other keys, and where it cannot be read. */
function roundsOf(privateKey: string): number {
  const [, text = ''] = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]*)/.exec(privateKey) ?? [];
  const key = Buffer.from(text, 'base64');
  let at = 'openssh-key-v1\0'.length;
  const skip = (): void => void (at += 4 + (at + 4 <= key.length ? key.readUInt32BE(at) : key.length));
  skip(); // the cipher
  skip(); // the way the passphrase is hashed
  if (at + 4 > key.length || key.readUInt32BE(at) === 0) return 0;
  at += 4; // the options of that, together: the salt, and the rounds
  skip();
  return at + 4 <= key.length ? key.readUInt32BE(at) : 0;
}
