import {
  lstat,
  mkdir,
  open,
  readdir,
  rmdir,
  stat,
  unlink,
  utimes,
  chmod,
  truncate,
  link,
  rename,
} from 'node:fs/promises';
import { constants, type Stats } from 'node:fs';
import { join } from 'node:path';
import ssh2, { type Attributes, type FileEntry } from 'ssh2';
import { type OpenHandles } from './openHandles.ts';
import { clientPath, rootedPath } from './rootedPath.ts';
import { Refused, statusCode } from './sftpFaults.ts';

/** What goes back to the client. */
export type Reply =
  | { kind: 'status'; code: number }
  | { kind: 'handle'; handle: Buffer }
  | { kind: 'data'; data: Buffer }
  | { kind: 'attrs'; attrs: Attributes }
  | { kind: 'names'; names: FileEntry[] };

/** One function for each request; a thrown system error becomes a status. */
export type Operations = Record<string, (...args: never[]) => Promise<Reply>>;

const ok: Reply = { kind: 'status', code: statusCode.ok };
const { OPEN_MODE } = ssh2.utils.sftp;
const MAX_READ_BYTES = 256 * 1024 - 1024;

/** What an SFTP session can do in the directory `root`, as OpenSSH does it. */
export function sftpOperations(root: string, handles: OpenHandles): Operations {
  return { ...onHandles(handles), ...onLists(root, handles), ...onPaths(root, handles) };
}

function onHandles(handles: OpenHandles): Operations {
  return {
    READ: async (handle: Buffer, position: number, length: number) => {
      const data = Buffer.alloc(Math.min(length, MAX_READ_BYTES));
      const { bytesRead } = await handles.file(handle).read(data, 0, data.length, position);
      if (bytesRead === 0) return { kind: 'status', code: statusCode.endOfFile };
      return { kind: 'data', data: data.subarray(0, bytesRead) };
    },
    WRITE: async (handle: Buffer, position: number, data: Buffer) => {
      await handles.file(handle).write(data, 0, data.length, position);
      return ok;
    },
    CLOSE: async (handle: Buffer) => {
      await handles.close(handle);
      return ok;
    },
    FSTAT: async (handle: Buffer) => ({ kind: 'attrs', attrs: attrsOf(await handles.file(handle).stat()) }),
    FSETSTAT: async (handle: Buffer, attrs: Partial<Attributes>) => {
      const file = handles.file(handle);
      if (attrs.size !== undefined) await file.truncate(attrs.size);
      if (attrs.mode !== undefined) await file.chmod(attrs.mode);
      if (attrs.atime !== undefined && attrs.mtime !== undefined) await file.utimes(attrs.atime, attrs.mtime);
      return ok;
    },
  };
}

function onLists(root: string, handles: OpenHandles): Operations {
  return {
    OPENDIR: async (path: string) => {
      const directory = await rootedPath(root, path, { follow: true });
      const entries = await Promise.all((await readdir(directory)).map((name) => entriesOf(directory, name)));
      return { kind: 'handle', handle: handles.addList(entries.flat()) };
    },
    READDIR: async (handle: Buffer) => {
      const names = handles.takeList(handle);
      return names.length > 0 ? { kind: 'names', names } : { kind: 'status', code: statusCode.endOfFile };
    },
  };
}

function onPaths(root: string, handles: OpenHandles): Operations {
  const at = (path: string) => rootedPath(root, path, { follow: true });
  const itself = async (path: string) => {
    const place = await rootedPath(root, path, { follow: false });
    if (place === root) throw new Refused(statusCode.permissionDenied);
    return place;
  };
  return {
    OPEN: async (path: string, flags: number, attrs: Partial<Attributes>) => ({
      kind: 'handle',
      handle: handles.addFile(await open(await at(path), modeOf(flags), attrs.mode)),
    }),
    STAT: async (path: string) => ({ kind: 'attrs', attrs: attrsOf(await stat(await at(path))) }),
    LSTAT: async (path: string) => ({
      kind: 'attrs',
      attrs: attrsOf(await lstat(await rootedPath(root, path, { follow: false }))),
    }),
    SETSTAT: async (path: string, attrs: Partial<Attributes>) => {
      const file = await at(path);
      if (attrs.size !== undefined) await truncate(file, attrs.size);
      if (attrs.mode !== undefined) await chmod(file, attrs.mode);
      if (attrs.atime !== undefined && attrs.mtime !== undefined) await utimes(file, attrs.atime, attrs.mtime);
      return ok;
    },
    MKDIR: async (path: string) => {
      await mkdir(await itself(path));
      return ok;
    },
    RMDIR: async (path: string) => {
      await rmdir(await itself(path));
      return ok;
    },
    REMOVE: async (path: string) => {
      await unlink(await itself(path));
      return ok;
    },
    RENAME: async (from: string, to: string) => {
      await renameWithoutOverwriting(await itself(from), await itself(to));
      return ok;
    },
    REALPATH: async (path: string) => {
      const name = clientPath(path);
      return { kind: 'names', names: [{ filename: name, longname: name, attrs: {} as Attributes }] };
    },
  };
}

/** As OpenSSH: a file is linked to its new name, which fails where that exists, and then unlinked from the old. */
async function renameWithoutOverwriting(from: string, to: string) {
  if ((await lstat(from)).isFile()) {
    await link(from, to);
    return unlink(from);
  }
  const isTaken = await lstat(to).then(
    () => true,
    () => false,
  );
  if (isTaken) throw new Refused(statusCode.failure);
  return rename(from, to);
}

function modeOf(flags: number) {
  const writing = flags & OPEN_MODE.READ ? constants.O_RDWR : constants.O_WRONLY;
  return (
    (flags & OPEN_MODE.WRITE ? writing : constants.O_RDONLY) |
    (flags & OPEN_MODE.APPEND ? constants.O_APPEND : 0) |
    (flags & OPEN_MODE.CREAT ? constants.O_CREAT : 0) |
    (flags & OPEN_MODE.TRUNC ? constants.O_TRUNC : 0) |
    (flags & OPEN_MODE.EXCL ? constants.O_EXCL : 0) |
    constants.O_NOFOLLOW // the path was followed already: a link that is still there leads nowhere, or out
  );
}

const attrsOf = ({ mode, uid, gid, size, atimeMs, mtimeMs }: Stats): Attributes => ({
  ...{ mode, uid, gid, size },
  ...{ atime: Math.floor(atimeMs / 1000), mtime: Math.floor(mtimeMs / 1000) },
});

/** The entry of a name, or none where the file has gone in the meantime. */
async function entriesOf(directory: string, name: string): Promise<FileEntry[]> {
  const stats = await lstat(join(directory, name)).catch(() => undefined);
  if (!stats) return [];
  const kind = stats.isDirectory() ? 'd' : '-';
  const day = stats.mtime.toISOString().slice(0, 10);
  const longname = `${kind}rw-r--r-- 1 ${stats.uid} ${stats.gid} ${stats.size} ${day} ${name}`;
  return [{ filename: name, longname, attrs: attrsOf(stats) }];
}
