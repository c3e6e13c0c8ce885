import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type RunFile } from './run.ts';
import { type Workspace } from './workspace.ts';

/**
 * The files of a preview: what the query gave lies in a directory of its own under `parent` until `discard`, all else goes
 * nowhere. Nothing reaches the file store.
 */
export async function openPreviewWorkspace(parent: string): Promise<Workspace> {
  const directory = await mkdtemp(join(parent, 'preview-'));
  const written = new Map<RunFile, WriteStream>();
  const none = async () => {
    throw new Error('a preview has no files in the store');
  };
  return {
    create: async (name) => {
      if (name !== 'query_results.csv') return new Writable({ write: (_chunk, _encoding, done) => done() });
      const stream = createWriteStream(join(directory, name), { mode: 0o600 });
      stream.on('error', () => undefined); // told by whoever writes or reads
      written.set(name, stream);
      return stream;
    },
    read: async (name) => {
      const stream = written.get(name);
      if (!stream) throw new Error(`${name} was not written`);
      await finished(stream);
      return createReadStream(join(directory, name));
    },
    find: none,
    withLocalCopy: none,
    seal: none,
    sealAll: async () => [],
    discard: async () => {
      for (const stream of written.values()) stream.destroy();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
