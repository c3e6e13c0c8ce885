import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** Packs a file into a temporary one, the same bytes each time; `remove` it when done. */
export async function gzipCopy(path: string) {
  const localPath = join(tmpdir(), `muster-${randomUUID()}.gz`);
  const remove = () => rm(localPath, { force: true });
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const measure = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      yield chunk;
    }
  };
  try {
    await pipeline(createReadStream(path), createGzip(), measure, createWriteStream(localPath, { mode: 0o600 }));
  } catch (error) {
    await remove();
    throw error;
  }
  return { localPath, sizeBytes, sha256: hash.digest('hex'), remove };
}
