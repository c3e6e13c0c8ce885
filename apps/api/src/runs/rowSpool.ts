import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf, TemporaryFailure } from '@muster/core/errors';

/** Rows on their way from a request to the database, without all of them being in memory. */
export interface RowSpool {
  /** Takes the JSON text of a row. */
  add(row: string): void;
  /** Writes to disk what has become a part. */
  flush(): Promise<void>;
  /** The rows in parts, each the JSON text of a list; at least one. */
  parts(): AsyncIterable<string>;
  /** Removes what there is. Never throws; must be called in the end. */
  discard(): Promise<void>;
}

const ROWS_OF_A_PART = 1_000;
const CHARACTERS_OF_A_PART = 1024 * 1024;

/** Opens a spool. It makes a file only for more than one part, and one without a name: whatever happens, nothing is left. */
export function rowSpool(directory: string = tmpdir()): RowSpool {
  const path = join(directory, `muster-rows-${process.pid}-${randomUUID()}`);
  const lengths: number[] = [];
  let rows: string[] = [];
  let characters = 0;
  let full: string[] = [];
  let file: FileHandle | undefined;

  function setAside() {
    full.push(`[${rows.join(',')}]`);
    rows = [];
    characters = 0;
  }
  const spool: RowSpool = {
    add: (row) => {
      if (rows.length === ROWS_OF_A_PART || characters >= CHARACTERS_OF_A_PART) setAside();
      rows.push(row);
      characters += row.length;
    },
    flush: async () => {
      const written = full;
      full = [];
      for (const part of written) {
        const bytes = Buffer.from(part);
        await onDisk(async () => writeAll((file ??= await openNameless(path)), bytes));
        lengths.push(bytes.length);
      }
    },
    parts: async function* () {
      await spool.flush();
      let at = 0;
      for (const length of lengths) {
        yield await onDisk(() => readPart(file as FileHandle, at, length));
        at += length;
      }
      if (rows.length > 0 || lengths.length === 0) yield `[${rows.join(',')}]`;
    },
    discard: async () => {
      const closing = file;
      file = undefined;
      await closing?.close().catch(() => undefined);
      if (closing) await rm(path, { force: true }).catch(() => undefined);
    },
  };
  return spool;
}

/** People's rows: for this user only, and gone with the process, however it ends. */
async function openNameless(path: string) {
  const file = await open(path, 'wx+', 0o600);
  await rm(path, { force: true }).catch(() => undefined); // a system that keeps open files: removed when it is closed
  return file;
}

async function writeAll(file: FileHandle, bytes: Buffer) {
  // a nearly full disk takes a part of a write without an error: the next one tells
  for (let written = 0; written < bytes.length;) written += (await file.write(bytes, written)).bytesWritten;
}

async function readPart(file: FileHandle, at: number, length: number) {
  const bytes = Buffer.allocUnsafe(length);
  for (let read = 0; read < length;) {
    const { bytesRead } = await file.read(bytes, read, length - read, at + read);
    if (bytesRead === 0) throw new Error('the spooled rows are shorter than they were written');
    read += bytesRead;
  }
  return bytes.toString();
}

async function onDisk<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    throw new TemporaryFailure('rowsNotKept', `the rows could not be kept on disk on their way (${code})`);
  }
}
