import { realpath } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';
import { Refused, statusCode } from './sftpFaults.ts';

/** A path as the client says it, as an absolute path of its world: `..` stops at the top. */
export const clientPath = (path: string) => posix.resolve('/', path);

/**
 * Where a client's path lies on our disk. The directory that holds it is followed through all symbolic links and must
 * be under `root`; with `follow`, so must the thing itself.
 */
export async function rootedPath(root: string, path: string, { follow }: { follow: boolean }): Promise<string> {
  const wanted = join(root, clientPath(path));
  if (wanted === root || wanted === `${root}/`) return root;
  const place = join(await within(root, dirname(wanted)), basename(wanted));
  if (!follow) return place;
  return within(root, place).catch((error: unknown) => {
    if ((error as { code?: unknown }).code === 'ENOENT') return place; // not there yet: it may be made
    throw error;
  });
}

async function within(root: string, path: string) {
  const real = await realpath(path);
  if (real === root || real.startsWith(`${root}/`)) return real;
  throw new Refused(statusCode.permissionDenied, 'Permission denied');
}
