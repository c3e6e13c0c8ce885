import { advisoryLocks } from '@muster/core/advisoryLocks';
import { type Database } from '@muster/core/database';
import { PermanentFailure } from '@muster/core/errors';
import { type SecretBox } from '@muster/core/secretBox';

const PROOF = 'this key opens our secrets';

/**
 * Makes sure that the box holds the key this database's secrets were sealed with; the first start of all leaves the
 * proof. Throws PermanentFailure `wrongSecretKey`: a process must not start with another key.
 */
export async function proveSecretKey(db: Database, box: SecretBox): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [advisoryLocks.secretKey]);
    const proofs = await tx.query<{ id: string; proof: string }>('select id, proof from secret_key');
    if (proofs.length === 0) return leaveProof(tx, box);
    const proof = proofs.find(({ id }) => id === box.keyId)?.proof;
    if (proof === undefined || !opens(box, proof)) throw wrongKey();
  });
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

function placeOf({ keyId }: SecretBox) {
  return { companyId: '', table: 'secret_key', column: 'proof', recordId: keyId };
}

function wrongKey() {
  const message =
    'the secret key is not the one that the secrets in this database were sealed with: ' +
    'start with that key again; nothing was changed';
  return new PermanentFailure('wrongSecretKey', message);
}
