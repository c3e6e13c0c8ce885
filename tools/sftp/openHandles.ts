import { type FileHandle } from 'node:fs/promises';
import { type FileEntry } from 'ssh2';
import { Refused, statusCode } from './sftpFaults.ts';

const NAMES_AT_ONCE = 100; // an answer has its largest size

/** The files and directory listings that one session holds open, under the numbers that the client was given. */
export function openHandles() {
  const files = new Map<number, FileHandle>();
  const lists = new Map<number, FileEntry[]>();
  let last = 0;
  const numberOf = (handle: Buffer) => (handle.length === 4 ? handle.readUInt32BE(0) : -1);
  const next = () => {
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(++last);
    return handle;
  };
  return {
    addFile: (file: FileHandle) => {
      const handle = next();
      files.set(last, file);
      return handle;
    },
    addList: (names: FileEntry[]) => {
      const handle = next();
      lists.set(last, names);
      return handle;
    },
    file: (handle: Buffer) => {
      const file = files.get(numberOf(handle));
      if (!file) throw new Refused(statusCode.failure, 'no such handle');
      return file;
    },
    takeList: (handle: Buffer) => {
      const names = lists.get(numberOf(handle));
      if (!names) throw new Refused(statusCode.failure, 'no such handle');
      return names.splice(0, NAMES_AT_ONCE);
    },
    close: async (handle: Buffer) => {
      const number = numberOf(handle);
      const file = files.get(number);
      files.delete(number);
      if (!lists.delete(number) && !file) throw new Refused(statusCode.failure, 'no such handle');
      await file?.close();
    },
    closeAll: async () => {
      for (const file of files.values()) await file.close().catch(() => undefined);
      files.clear();
    },
  };
}

export type OpenHandles = ReturnType<typeof openHandles>;
