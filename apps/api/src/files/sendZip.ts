import { type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Response } from 'express';
import { ZipFile } from 'yazl';
import { type RunFileRow } from '@muster/db/runViews';
import { type FileStore } from '@muster/pipeline/ports';

/** Streams all files of a run as one zip, made while it is sent: one file is open at a time. */
export async function sendZip(
  res: Response,
  files: FileStore,
  { name, entries }: { name: string; entries: RunFileRow[] },
) {
  res.set({ 'Content-Type': 'application/zip', 'Content-Disposition': `attachment; filename="${name}"` });
  if (res.req.method === 'HEAD') {
    res.end();
    return;
  }
  const zip = new ZipFile();
  const failed = new AbortController();
  const fail = (error: unknown) => failed.abort(error);
  let open: Readable | undefined;
  zip.on('error', fail);
  for (const { key, name: entry, sizeBytes } of entries) {
    zip.addReadStreamLazy(entry, { size: sizeBytes }, (give) => {
      files.read(key).then((bytes) => {
        open = bytes.on('error', fail);
        give(null, bytes);
      }, fail);
    });
  }
  zip.end();
  try {
    await pipeline(zip.outputStream, res, { signal: failed.signal });
  } catch (error) {
    throw failed.signal.aborted ? failed.signal.reason : error;
  } finally {
    open?.destroy(); // the caller has gone in the middle of it
  }
}
