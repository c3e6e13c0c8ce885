import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { installPackage } from '../installPackage.ts';
import { withInstallLock } from '../withInstallLock.ts';

const run = promisify(execFile);
const CACHE = fileURLToPath(new URL('../../../../.cache/swift', import.meta.url));
const PACKAGES = ['python3-swift', 'python3-pastedeploy'];
const TIMEOUT_MS = 180_000;

/** Where Swift's modules lie: what Python and the linker have to be told. */
export interface UnpackedSwift {
  PYTHONPATH: string;
  LD_LIBRARY_PATH: string;
}

/**
 * Fetches Debian's packages of Swift and unpacks them into `.cache`, once. Nothing is installed: neither the system's Python
 * nor its services are touched, and it needs no right to do so. Throws an error that says what to install by hand.
 */
export async function unpackSwift(): Promise<UnpackedSwift> {
  if (!(await isThere(CACHE)))
    await withInstallLock(async () => {
      if (!(await isThere(CACHE))) await fetchAndUnpack();
    });
  const libraries = join(CACHE, 'usr/lib');
  const folders = (await readdir(libraries)).filter((name) => name.endsWith('-linux-gnu'));
  return {
    PYTHONPATH: join(libraries, 'python3/dist-packages'),
    LD_LIBRARY_PATH: folders.map((name) => join(libraries, name)).join(':'),
  };
}

async function fetchAndUnpack() {
  await mkdir(dirname(CACHE), { recursive: true });
  const work = await mkdtemp(`${CACHE}-`);
  process.stderr.write('Fetching Swift, the S3 server of the tests (apt-get download) …\n');
  try {
    const files = await fetchPackages(work);
    const root = join(work, 'root');
    await mkdir(join(root, 'usr/lib'), { recursive: true });
    for (const file of files) await run('dpkg', ['-x', join(work, file), root], { timeout: TIMEOUT_MS });
    await rename(root, CACHE);
  } catch (error) {
    throw new Error(
      `there is no S3 server for the tests: ${lastLine(error)}; Debian's packages python3, ${PACKAGES.join(' and ')} bring it`,
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The packages that are missing here, by apt's own reckoning; those that are installed Python finds by itself. */
async function fetchPackages(directory: string) {
  const names = await missing().catch(async () => {
    const refusal = await installPackage('python3'); // brings the lists up to date, too
    if (refusal) throw new Error(refusal);
    return missing();
  });
  const options = { cwd: directory, timeout: TIMEOUT_MS };
  if (names.length > 0) await run('apt-get', ['-qq', 'download', ...names], options);
  return (await readdir(directory)).filter((name) => name.endsWith('.deb'));
}

async function missing() {
  const args = ['install', '--simulate', '--no-install-recommends', ...PACKAGES];
  const { stdout } = await run('apt-get', args, { timeout: TIMEOUT_MS, env: { ...process.env, LC_ALL: 'C' } });
  return [...stdout.matchAll(/^Inst (\S+)/gm)].map(([, name = '']) => name);
}

function isThere(path: string) {
  return access(path).then(
    () => true,
    () => false,
  );
}

function lastLine(error: unknown) {
  const { stderr, message } = error as { stderr?: string; message?: string };
  return (stderr || message || '').trim().split('\n').at(-1) ?? '';
}
