import { randomUUID } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { type Request } from 'express';
import { forgetUpload, isUnused } from '@muster/db/files';
import { beginUpload } from '@muster/db/imports';
import { type CompanyDatabase } from '@muster/db/openDatabase';
import { type FileStore, type SealedFile } from '@muster/pipeline/ports';
import { bodyBytes } from '../bodyBytes.ts';

/** A body that lies sealed in the file store. */
export interface StoredBody {
  file: SealedFile;
  /** The folder that holds it alone. */
  folder: string;
  /** Removes it again, unless it has become something meanwhile. Never throws: what is left the tidying finds. */
  removeUnused(): Promise<void>;
}

const SILENCE_MS = 60_000; // a large body may take its time, as long as it comes

interface Storing {
  company: CompanyDatabase;
  files: FileStore;
  maxBytes: number;
  /** Of the file in its folder. */
  name: string;
}

/** Streams a body into the file store, under an id that nobody can guess. Throws Refused 413, 400 `bodyCut`: then nothing is left. */
export async function storeBody(req: Request, { company, files, maxBytes, name }: Storing): Promise<StoredBody> {
  const folder = `${company.companyId}/uploads/${randomUUID()}/`;
  const removeUnused = async () => {
    try {
      if (!(await isUnused(company, folder))) return;
      await files.removeAll(folder);
      await forgetUpload(company, folder);
    } catch {
      return; // it is written down: the tidying tries again
    }
  };
  await beginUpload(company, folder);
  try {
    const file = await receive(req, { files, maxBytes, key: folder + name });
    return { file, folder, removeUnused };
  } catch (error) {
    await removeUnused();
    throw error;
  }
}

async function receive(req: Request, { files, maxBytes, key }: Pick<Storing, 'files' | 'maxBytes'> & { key: string }) {
  const file = await files.create(key);
  const cutOff = () => void req.socket.destroy();
  req.socket.setTimeout(SILENCE_MS, cutOff);
  try {
    await pipeline(bodyBytes(req, maxBytes), file.stream);
    return await file.seal();
  } finally {
    req.socket.setTimeout(0).off('timeout', cutOff);
    await file.discard();
  }
}
