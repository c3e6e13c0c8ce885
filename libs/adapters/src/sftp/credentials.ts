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

/** Refuses a private key that cannot be read, before anyone is called. */
export function requireUsableKey({ privateKey, passphrase }: SftpAddress) {
  if (privateKey === undefined) return;
  const parsed = ssh2.utils.parseKey(privateKey, passphrase);
  if ('isPrivateKey' in parsed && parsed.isPrivateKey()) return;
  // the library's own message is not repeated: it may quote the key
  throw new PermanentFailure(
    'sftpPrivateKeyUnusable',
    'the private key of the SFTP settings cannot be read; give a whole private key (PEM or OpenSSH), and its passphrase if it has one',
  );
}
