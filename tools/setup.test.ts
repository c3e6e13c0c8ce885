import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

let root: string;
beforeEach(async () => void (root = await mkdtemp(join(tmpdir(), 'muster-setup-'))));
afterEach(() => rm(root, { recursive: true }));

type Packages = Record<
  string,
  { version?: string; integrity?: string; optional?: true; os?: string[]; cpu?: string[] }
>;
const here = { os: [process.platform], cpu: [process.arch] };
const wanted: Packages = {
  '': { version: '0.1.0' },
  'node_modules/pino': { version: '10.0.0', integrity: 'sha512-a' },
  'node_modules/swc-here': { version: '1.0.0', integrity: 'sha512-b', optional: true, ...here },
  'node_modules/swc-elsewhere': {
    version: '1.0.0',
    integrity: 'sha512-c',
    optional: true,
    os: ['aix'],
    cpu: ['ppc64'],
  },
};
const { '': _, 'node_modules/swc-elsewhere': __, ...complete } = wanted;

/** A checkout with this lock file, in which npm has left this list, and an npm that only writes down what it is asked. */
async function checkout({ there }: { there: Packages | undefined }) {
  await Promise.all(['tools', 'node_modules', 'bin'].map((name) => mkdir(join(root, name))));
  await cp(fileURLToPath(new URL('setup.mjs', import.meta.url)), join(root, 'tools', 'setup.mjs'));
  await writeFile(join(root, 'package-lock.json'), JSON.stringify({ packages: wanted }));
  if (there) await writeFile(join(root, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: there }));
  await writeFile(join(root, 'bin', 'npm'), `#!/bin/sh\necho "$1" >> '${join(root, 'asked')}'\n`, { mode: 0o755 });
}

/** Runs it, and gives what npm was asked for until now. */
async function setUp() {
  const { npm_execpath: _npm, ...env } = process.env;
  const PATH = `${join(root, 'bin')}${delimiter}${env['PATH'] ?? ''}`;
  const { status } = spawnSync(process.execPath, [join(root, 'tools', 'setup.mjs')], { env: { ...env, PATH } });
  expect(status).toBe(0);
  return readFile(join(root, 'asked'), 'utf8').catch(() => '');
}

it('installs nothing where somebody has run npm ci by hand', async () => {
  await checkout({ there: complete });
  expect(await setUp()).toBe('');
});

it.each<[string, Packages | undefined]>([
  ['nothing is there', undefined],
  ['a package is missing', { 'node_modules/swc-here': wanted['node_modules/swc-here']! }],
  ['a package is another one', { ...complete, 'node_modules/pino': { version: '9.0.0', integrity: 'sha512-z' } }],
  ['what only this system needs was left out', { 'node_modules/pino': wanted['node_modules/pino']! }],
])('installs once where %s', async (_name, there) => {
  await checkout({ there });
  expect(await setUp()).toBe('ci\n');
  expect(await setUp()).toBe('ci\n');
});

it('installs anew what it has installed for another lock file, or another Node.js', async () => {
  await checkout({ there: complete });
  await writeFile(join(root, 'node_modules', '.installed'), 'of before');
  expect(await setUp()).toBe('ci\n');
});
