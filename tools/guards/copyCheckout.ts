import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { codeOf } from '@muster/core/errors';

const OURS = '@muster';

/** Copies the files of a checkout, as they are now, to an empty directory; packages are shared with it, but for our own. */
export async function copyCheckout(from: string, to: string): Promise<void> {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { stdout } = await promisify(execFile)('git', list, { cwd: from, maxBuffer: 64 * 1024 * 1024 });
  const files = stdout.split('\0').filter((file) => file !== '');
  for (const directory of new Set(files.map(dirname))) await mkdir(join(to, directory), { recursive: true });
  for (const file of files) await copyFile(join(from, file), join(to, file)).catch(unlessGone);
  await linkPackages(from, to);
  for (const workspace of new Set(files.filter(isWorkspace).map(dirname)))
    await symlink(join(from, workspace, 'node_modules'), join(to, workspace, 'node_modules'));
}

const isWorkspace = (file: string) => /^(apps|libs)\/[^/]+\/package\.json$/.test(file);

/** Our own packages are links into the checkout: here they must lead into the copy. */
async function linkPackages(from: string, to: string) {
  const [source, target] = [join(from, 'node_modules'), join(to, 'node_modules')];
  await mkdir(join(target, OURS), { recursive: true });
  for (const name of await readdir(source)) if (name !== OURS) await symlink(join(source, name), join(target, name));
  for (const name of await readdir(join(source, OURS)))
    await symlink(await readlink(join(source, OURS, name)), join(target, OURS, name));
}

/** A file that is tracked and was removed. */
function unlessGone(error: unknown) {
  if (codeOf(error) !== 'ENOENT') throw error;
}
