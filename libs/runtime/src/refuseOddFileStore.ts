import { InvalidInput } from '@muster/core/errors';
import { type Refusal } from '@muster/core/fields';
import { readFileStoreUrl } from '@muster/core/fileStoreUrl';

/** What is wrong with the address of a file store, if anything: told before anything is connected to. */
export function refuseOddFileStore(url: string): Refusal | undefined {
  try {
    readFileStoreUrl(url);
    return undefined;
  } catch (error) {
    const [fault] = error instanceof InvalidInput ? error.faults : [];
    if (fault) return { code: fault.code, message: fault.message };
    throw error;
  }
}
