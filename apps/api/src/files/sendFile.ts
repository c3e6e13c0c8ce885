import { pipeline } from 'node:stream/promises';
import { type Request, type Response } from 'express';
import { type RunFileRow } from '@muster/db/runViews';
import { type FileStore } from '@muster/pipeline/ports';
import { namesTag } from '../etag.ts';
import { Refused } from '../refused.ts';
import { parseRange } from './parseRange.ts';
import { readKept } from './readKept.ts';

export type SentFile = Pick<RunFileRow, 'name' | 'key' | 'sizeBytes' | 'sha256'>;

/** Streams a file, or the range of it that was asked for. The ETag is the file's SHA-256: sealed files never change. */
export async function sendFile(res: Response, files: FileStore, file: SentFile): Promise<void> {
  const { req } = res;
  const etag = `"${file.sha256}"`;
  res.set({ ETag: etag, 'Accept-Ranges': 'bytes' });
  if (namesTag(req.get('if-none-match'), etag)) {
    res.status(304).end();
    return;
  }
  const range = rangeOf(req, file, etag);
  const { start, end } = range ?? { start: 0, end: file.sizeBytes - 1 };
  const bytes = await readKept(files, file, range);
  res.status(range ? 206 : 200).set({
    'Content-Type': contentType(file.name),
    'Content-Disposition': `attachment; filename="${file.name}"`, // names of ours, or of a form that needs no escaping
    'Content-Length': String(end - start + 1),
    ...(range && { 'Content-Range': `bytes ${start}-${end}/${file.sizeBytes}` }),
  });
  if (req.method === 'HEAD') {
    bytes.destroy();
    res.end();
    return;
  }
  await pipeline(bytes, res);
}

function contentType(name: string) {
  if (name.endsWith('.csv')) return 'text/csv; charset=utf-8';
  return name.endsWith('.txt') ? 'text/plain; charset=utf-8' : 'application/octet-stream';
}

function rangeOf(req: Request, { sizeBytes }: SentFile, etag: string) {
  if (req.method === 'HEAD') return undefined; // ranges are a matter of GET
  const ifRange = req.get('if-range');
  if (ifRange !== undefined && ifRange !== etag) return undefined; // what the caller has is another file
  const range = parseRange(req.get('range'), sizeBytes);
  if (range !== 'unsatisfiable') return range;
  const headers = { 'Content-Range': `bytes */${sizeBytes}` };
  throw new Refused(416, { code: 'rangeNotSatisfiable', message: `the file has ${sizeBytes} bytes`, headers });
}
