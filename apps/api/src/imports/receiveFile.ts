import { randomUUID } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { type Request } from 'express';
import { InvalidInput } from '@muster/core/errors';
import { beginUpload } from '@muster/db/imports';
import { type CompanyDatabase } from '@muster/db/openDatabase';
import { type FileStore, type SealedFile } from '@muster/pipeline/ports';
import { bodyBytes } from '../bodyBytes.ts';

const SILENCE_MS = 60_000; // a body this large may take its time, as long as it comes

export interface Receiving {
  company: CompanyDatabase;
  files: FileStore;
  maxBytes: number;
  /** The name that the file gets in its folder. */
  name: string;
}

/**
 * Streams a request's body into a folder of its own in the file store, and seals it. A body that is too large, breaks off or
 * is empty leaves nothing: Refused 413, or InvalidInput. The folder is written down first, so that tidying finds what a
 * killed process leaves.
 */
export async function receiveFile(req: Request, { company, files, maxBytes, name }: Receiving): Promise<SealedFile> {
  const folder = `${company.companyId}/uploads/${randomUUID()}/`;
  await beginUpload(company, folder);
  const file = await files.create(folder + name);
  const giveUp = () => void req.socket.destroy();
  try {
    req.socket.setTimeout(SILENCE_MS, giveUp);
    await pipeline(bodyBytes(req, maxBytes), file.stream);
    const sealed = await file.seal();
    if (sealed.sizeBytes > 0) return sealed;
    await files.removeAll(folder);
  } catch (error) {
    await file.discard();
    throw error;
  } finally {
    req.socket.setTimeout(0, giveUp); // and forgets it
  }
  throw new InvalidInput([{ field: '', code: 'required', message: 'the body is empty: there is nothing to load' }]);
}
