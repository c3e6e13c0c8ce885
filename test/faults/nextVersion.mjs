// Imported before all else (NODE_OPTIONS), this makes a process the next build: its jobs have the next version.
import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) register(import.meta.url);

/** Reads a module as it is, but for the version of the queue's payloads. */
export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  if (!url.split('?')[0].endsWith('/queue/dist/runWorker.js')) return loaded;
  const version = /\bPAYLOAD_VERSION = 1\b/;
  const source = String(loaded.source);
  if (!version.test(source)) throw new Error('runWorker.js names no version of the payload');
  return { ...loaded, source: source.replace(version, 'PAYLOAD_VERSION = 2') };
}
