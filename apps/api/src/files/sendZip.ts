import { createHash } from 'node:crypto';
import { type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Response } from 'express';
import { ZipFile } from 'yazl';
import { type RunFileRow } from '@muster/db/runViews';
import { type FileStore } from '@muster/pipeline/ports';
import { namesTag } from '../etag.ts';
import { readKept, requireKept } from './readKept.ts';

export interface ZipOf {
  name: string;
  entries: RunFileRow[];
}

/**
 * Streams all files of a run as one zip, made while it is sent: one file is open at a time. Nothing is packed in it, so that
 * its size is known before its first byte, and the same files make the same zip.
 */
export async function sendZip(res: Response, files: FileStore, { name, entries }: ZipOf): Promise<void> {
  const etag = tagOf(entries);
  res.set({ ETag: etag });
  if (namesTag(res.req.get('if-none-match'), etag)) {
    res.status(304).end();
    return;
  }
  await requireKept(files, entries);
  const isHead = res.req.method === 'HEAD';
  const failed = new AbortController();
  const zip = new ZipFile();
  const reading = addEntries(zip, files, { entries, isHead, fail: (error) => failed.abort(error) });
  const sizeBytes = await sizeOf(zip);
  res.set({
    'Content-Type': 'application/zip',
    'Content-Disposition': `attachment; filename="${name}"`,
    'Content-Length': String(sizeBytes),
  });
  if (isHead) {
    res.end();
    return;
  }
  try {
    await pipeline(zip.outputStream, res, { signal: failed.signal });
  } catch (error) {
    throw failed.signal.aborted ? failed.signal.reason : error;
  } finally {
    reading.stop(); // the caller has gone in the middle of it
  }
}

interface Entries {
  entries: RunFileRow[];
  /** Only the size is wanted: no file is read. */
  isHead: boolean;
  fail: (error: unknown) => void;
}

function addEntries(zip: ZipFile, files: FileStore, { entries, isHead, fail }: Entries) {
  let open: Readable | undefined;
  let isOver = isHead;
  zip.on('error', fail);
  for (const { key, name, sizeBytes, createdAt } of entries) {
    const options = { size: sizeBytes, compress: false, mtime: new Date(createdAt) };
    zip.addReadStreamLazy(name, options, (give) => {
      if (isOver) return;
      readKept(files, { name, key }).then((bytes) => {
        open = bytes.on('error', fail);
        if (isOver) bytes.destroy();
        else give(null, bytes);
      }, fail);
    });
  }
  return {
    stop: () => {
      isOver = true;
      open?.destroy();
    },
  };
}

/** The types of the package do not know that the size is told. */
function sizeOf(zip: ZipFile): Promise<number> {
  return new Promise((resolve) => zip.end(undefined, ((sizeBytes: number) => resolve(sizeBytes)) as () => void));
}

function tagOf(entries: RunFileRow[]): string {
  const hash = createHash('sha256');
  for (const { name, sha256, createdAt } of entries) hash.update(`${name} ${sha256} ${createdAt}\n`);
  return `"${hash.digest('base64url').slice(0, 27)}"`;
}
