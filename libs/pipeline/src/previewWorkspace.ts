import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type RunFile } from './run.ts';
import { type Workspace } from './workspace.ts';

/**
 * The files of a preview: what the query gave lies in a directory of its own under `parent` until `discard`, all else goes
 * nowhere. Nothing reaches the file store. `signal` closes them all, which stops whoever writes or reads.
 */
export async function openPreviewWorkspace(parent: string, signal: AbortSignal): Promise<Workspace> {
  const directory = await mkdtemp(join(parent, 'preview-'));
  const written = new Map<RunFile, WriteStream>();
  const none = async () => {
    throw new Error('a preview has no files in the store');
  };
  return {
    create: async (name) => {
      if (name !== 'query_results.csv')
        return quiet(new Writable({ write: (_chunk, _encoding, done) => done(), signal }));
      const stream = quiet(createWriteStream(join(directory, name), { mode: 0o600, signal }));
      written.set(name, stream);
      return stream;
    },
    read: async (name) => {
      const stream = written.get(name);
      if (!stream) throw new Error(`${name} was not written`);
      await finished(stream);
      return createReadStream(join(directory, name), { signal });
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

/** What goes wrong with it is told by whoever writes or reads. */
function quiet<Stream extends Writable>(stream: Stream): Stream {
  return stream.on('error', () => undefined);
}
