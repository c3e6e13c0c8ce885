import { createHash } from 'node:crypto';
import { PermanentFailure } from '@muster/core/errors';

/** A host key that a server showed. */
export interface ShownHostKey {
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  fingerprint: string;
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`. */
  type: string;
}

// `ssh-rsa` means signatures over SHA-1 and is left out; RSA keys themselves are fine.
const ALGORITHMS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

/** Reads the key as it comes over the wire: its type is the first string in it. */
function readHostKey(blob: Buffer): ShownHostKey {
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  return { fingerprint: `SHA256:${digest}`, type: blob.subarray(4, 4 + blob.readUInt32BE(0)).toString('latin1') };
}

/** Compares the key that a server shows with the pinned one, before anything secret is sent; unpinned, any will do. */
export function hostKeyCheck(pinned: string | undefined) {
  const check = {
    shown: { fingerprint: '', type: '' },
    isOther: false,
    verify: (blob: Buffer) => {
      check.shown = readHostKey(blob);
      check.isOther = pinned !== undefined && check.shown.fingerprint !== pinned;
      return !check.isOther;
    },
  };
  return check;
}

/** What to ask of a server whose keys of these types were seen already: a server may have one key of each type. */
export function algorithmsBeyond(seen: ShownHostKey[]) {
  const types = new Set(seen.map(({ type }) => type));
  return ALGORITHMS.filter((name) => !types.has(name.startsWith('rsa') ? 'ssh-rsa' : name));
}

/** Is pinned where a key must be and none is: no key has it. */
export const NO_KEY = '';

/** The refusal to go on with a server whose key nobody has named, where the operator wants it named. */
export function hostKeyRequired(where: string, { fingerprint }: ShownHostKey) {
  return new PermanentFailure(
    'hostKeyRequired',
    `the SFTP server ${where} shows the host key ${fingerprint}, and none is set; no password was sent. ` +
      'Compare it with what its owner says, and set it as hostKeyFingerprint',
    { details: { server: where, seen: fingerprint } },
  );
}

/** The refusal to go on with a server that shows another key than the pinned one. */
export function hostKeyChanged(where: string, { expected, seen }: { expected: string; seen: ShownHostKey[] }) {
  const shown = seen.map(({ fingerprint }) => fingerprint).join(', ');
  return new PermanentFailure(
    'hostKeyChanged',
    `the SFTP server ${where} shows the host key ${shown} instead of ${expected}; no password was sent. ` +
      'Ask its owner whether the key was changed, and only then pin the new one',
    { details: { server: where, expected, seen: shown } },
  );
}
