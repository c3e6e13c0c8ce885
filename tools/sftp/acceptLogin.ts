import { createHash, timingSafeEqual } from 'node:crypto';
import ssh2, { type AuthContext, type PublicKeyAuthContext } from 'ssh2';

/** Who may come in. */
export interface Door {
  username: string;
  password: string;
  /** A public key in OpenSSH's one-line format. */
  authorizedKey?: string;
}

/** Lets a client in by password or by public key; tells what else it takes. */
export function acceptLogin(context: AuthContext, door: Door): void {
  const isWelcome = isSame(context.username, door.username) && knows(context, door);
  if (isWelcome) context.accept();
  else context.reject(door.authorizedKey === undefined ? ['password'] : ['password', 'publickey']);
}

function knows(context: AuthContext, door: Door) {
  if (context.method === 'password') return isSame(context.password, door.password);
  return context.method === 'publickey' && door.authorizedKey !== undefined && holds(context, door.authorizedKey);
}

function holds(
  { key, signature, blob, hashAlgo }: PublicKeyAuthContext & { hashAlgo?: string },
  authorizedKey: string,
) {
  const allowed = ssh2.utils.parseKey(authorizedKey);
  if (!('getPublicSSH' in allowed) || !allowed.getPublicSSH().equals(key.data)) return false;
  if (signature === undefined || blob === undefined) return true; // only asking whether this key would do
  const verdict: unknown = allowed.verify(blob, signature, hashAlgo); // an Error where the signature is no signature
  return verdict === true;
}

const digest = (text: string) => createHash('sha256').update(text).digest();
const isSame = (a: string, b: string) => timingSafeEqual(digest(a), digest(b));
