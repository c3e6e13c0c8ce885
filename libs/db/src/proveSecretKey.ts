import { advisoryLocks } from '@muster/core/advisoryLocks';
import { type Database } from '@muster/core/database';
import { Conflict, PermanentFailure } from '@muster/core/errors';
import { type SecretBox, type SecretPlace } from '@muster/core/secretBox';

const PROOF = 'this key opens our secrets';

/**
 * Makes sure that the box holds the key this database's secrets were sealed with; the first start of all leaves the
 * proof. Throws PermanentFailure `wrongSecretKey`: a process must not start with another key.
 */
export async function proveSecretKey(db: Database, box: SecretBox): Promise<void> {
  await db.transaction(async (tx) => {
    const proofs = await lockProofs(tx);
    if (proofs.length === 0) return leaveProof(tx, box);
    if (!isProven(box, proofs)) throw wrongKey('the secret key', 'start with that key again');
  });
}

/** Whether the box still holds the key that this database's secrets are sealed with; also where none was proven yet. */
export async function isPresentKey(db: Database, box: Pick<SecretBox, 'keyId'>): Promise<boolean> {
  const keys = await db.query<{ id: string }>('select id from secret_key');
  return keys.length === 0 || keys.some(({ id }) => id === box.keyId);
}

/** The key that secrets are sealed with, and the one that they shall be sealed with. */
export interface KeyChange {
  from: SecretBox;
  to: SecretBox;
}

/**
 * From now on the new key is the one that processes start with. Part of a rotation, in its transaction. Throws Conflict
 * `alreadyRotated`, PermanentFailure `wrongSecretKey`.
 */
export async function replaceProof(tx: Database, { from, to }: KeyChange): Promise<void> {
  const proofs = await lockProofs(tx);
  if (isProven(to, proofs))
    throw new Conflict('alreadyRotated', 'the secrets are sealed with the new key already; nothing was changed');
  if (!isProven(from, proofs)) throw wrongKey('the old key', 'rotate from that key');
  await tx.execute('delete from secret_key');
  await leaveProof(tx, to);
}

interface Proof {
  id: string;
  proof: string;
}

async function lockProofs(tx: Database) {
  await tx.query('select pg_advisory_xact_lock($1)', [advisoryLocks.secretKey]);
  return tx.query<Proof>('select id, proof from secret_key');
}

function isProven(box: SecretBox, proofs: Proof[]) {
  return proofs.some(({ id, proof }) => id === box.keyId && opens(box, proof));
}

async function leaveProof(tx: Database, box: SecretBox) {
  await tx.execute('insert into secret_key (id, proof) values ($1, $2)', [box.keyId, box.seal(PROOF, placeOf(box))]);
}

function opens(box: SecretBox, proof: string): boolean {
  try {
    return box.open(proof, placeOf(box)) === PROOF;
  } catch {
    return false;
  }
}

function placeOf({ keyId }: SecretBox): SecretPlace {
  return { companyId: '', table: 'secret_key', column: 'proof', recordId: keyId };
}

function wrongKey(key: string, advice: string) {
  const message = `${key} is not the one that the secrets in this database were sealed with: ${advice}; nothing was changed`;
  return new PermanentFailure('wrongSecretKey', message);
}
