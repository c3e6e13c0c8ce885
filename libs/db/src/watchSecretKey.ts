import { type Database } from '@muster/core/database';
import { codeOf, NotReady } from '@muster/core/errors';
import { type SecretBox } from '@muster/core/secretBox';
import { secretKeyReplaced } from './databaseErrors.ts';
import { isPresentKey } from './proveSecretKey.ts';

interface KeyInUse {
  db: Database;
  box: SecretBox;
}

const AGAIN_MS = 5_000; // by then another process is there

/**
 * What a failure to open a secret means: TemporaryFailure `secretKeyReplaced` in place of `secretUnreadable` where our key is
 * no longer the database's, since nothing is wrong with the secret then; every other error as it is.
 */
export async function judgeUnreadable(error: unknown, { db, box }: KeyInUse): Promise<unknown> {
  if (codeOf(error) !== 'secretUnreadable' || (await isPresentKey(db, box))) return error;
  return secretKeyReplaced();
}

/**
 * For whoever needs secrets while nobody waits for an answer. Where our key was replaced, `onReplaced` is told, and what was
 * to be done is handed back, uncounted: NotReady.
 */
export function watchSecretKey({ onReplaced, ...used }: KeyInUse & { onReplaced: () => void }) {
  return async <Result>(open: () => Promise<Result>): Promise<Result> => {
    try {
      return await open();
    } catch (thrown) {
      const error = await judgeUnreadable(thrown, used);
      if (codeOf(error) !== 'secretKeyReplaced') throw error;
      onReplaced();
      throw new NotReady(AGAIN_MS, 'the secret key of this process was replaced');
    }
  };
}
