import { setTimeout as pause } from 'node:timers/promises';
import { type Bucket } from './openBucket.ts';
import { fileSealed, s3Failure, s3NameOf, s3StatusOf } from './s3Failure.ts';

const COLLISIONS = 5; // how often we ask again where another writer of the key was under way

/** A file that is to get its key, and how it is told from others that might have it. */
export interface Sealing {
  key: string;
  /** Random, and stored with the file: by it we know what we have written when the answer got lost. */
  mark: string;
}

/** What is asked of the server when a key is given: that there is none yet. */
export interface OnlyIfNew {
  IfNoneMatch?: '*';
}

/**
 * Gives a file its key by `write`, unless another has it: Conflict `fileSealed`. Where `write` fails, or its answer gets
 * lost, it is looked up what has become of it. A server that knows no conditional writes is asked first, and after.
 */
export async function sealOnce(bucket: Bucket, sealing: Sealing, write: (onlyIfNew: OnlyIfNew) => Promise<unknown>) {
  await requireFree(bucket, sealing); // some servers leave a condition aside without a word
  for (let collisions = 0; ;) {
    const condition = bucket.knowsConditions;
    try {
      await write(condition ? { IfNoneMatch: '*' } : {});
      if (!condition && !(await isOurs(bucket, sealing))) throw fileSealed(sealing.key);
      return;
    } catch (error) {
      if (condition && s3StatusOf(error) === 501) bucket.knowsConditions = false;
      else if (await isOurs(bucket, sealing))
        return; // written; only the answer got lost
      else if (s3NameOf(error) !== 'ConditionalRequestConflict' || ++collisions > COLLISIONS)
        throw s3Failure(error, `write ${sealing.key}`);
      else await pause(Math.random() * 100 * 2 ** collisions);
    }
  }
}

async function requireFree(bucket: Bucket, { key }: Sealing) {
  if ((await findMark(bucket, key)) !== undefined) throw fileSealed(key);
}

/** Whether the key is ours; throws where another has it. */
async function isOurs(bucket: Bucket, { key, mark }: Sealing) {
  const found = await findMark(bucket, key);
  if (found !== undefined && found !== mark) throw fileSealed(key);
  return found === mark;
}

/** The mark of the file under a key, empty where it has none; undefined where there is no file. */
async function findMark(bucket: Bucket, key: string): Promise<string | undefined> {
  return bucket.ask(`look for ${key}`, async (options) => {
    try {
      const head = await bucket.s3.headObject({ Bucket: bucket.name, Key: bucket.placeOf(key) }, options);
      return head.Metadata?.['muster-seal'] ?? '';
    } catch (error) {
      if (s3StatusOf(error) === 404) return undefined; // a HEAD says no more; a missing bucket the writing will tell
      throw error;
    }
  });
}
