// Installs the packages when they are missing or not those of the lock file. Runs before anything is installed, so it
// uses Node's own modules only; and says nothing when there is nothing to do.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FLOOR = [20, 19];
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const mark = join(root, 'node_modules', '.installed');

function stopBelowFloor() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > FLOOR[0] || (major === FLOOR[0] && minor >= FLOOR[1])) return;
  console.error(`Muster needs Node ${FLOOR.join('.')} or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

// The same packages may hold other binaries on another system or another major version of Node.
function wanted() {
  const system = `${process.versions.node.split('.')[0]} ${process.platform} ${process.arch}`;
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(system)
    .digest('hex');
}

function installed() {
  try {
    return readFileSync(mark, 'utf8');
  } catch {
    return undefined;
  }
}

// Whether an `npm ci` by hand has put all packages there: npm keeps a list of what it has installed. Of the optional ones
// those for other systems are left out, and those that only such need.
function isComplete() {
  const there = packagesOf(join('node_modules', '.package-lock.json'));
  return Object.entries(packagesOf('package-lock.json')).every(([path, { version, integrity, ...meant }]) => {
    const found = there[path];
    if (found) return found.version === version && found.integrity === integrity;
    return path === '' || (meant.optional && !isForHere(meant));
  });
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
  } catch {
    return {};
  }
}

function isForHere({ os, cpu, libc }) {
  return os?.includes(process.platform) && cpu?.includes(process.arch) && !libc; // which libc this is, Node.js does not tell
}

function install() {
  // --include=dev: NODE_ENV=production or an npmrc with omit=dev would leave out what the commands need
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath; // not set when run by hand; another tool's under that tool
  const [command, first] = /npm-cli\.js$/.test(npm ?? '') ? [process.execPath, [npm]] : ['npm', []];
  const env = { ...process.env };
  for (const name of ['npm_config_workspace', 'npm_config_workspaces']) delete env[name]; // `npm test -w x` is not `npm ci -w x`
  console.error('Installing the packages of package-lock.json (npm ci) …');
  const shell = process.platform === 'win32' && command === 'npm';
  const { status, signal, error } = spawnSync(command, [...first, ...args], {
    cwd: root,
    env,
    shell,
    stdio: ['ignore', 2, 2],
  });
  if (status === 0) return;
  console.error(`npm ci did not finish${error ? `: ${error.message}` : ''}; mend what it says above and start again.`);
  process.exit(signal === 'SIGINT' ? 130 : (status ?? 1));
}

stopBelowFloor();
const hash = wanted();
const before = installed();
if (before !== hash) {
  if (before !== undefined || !isComplete()) install();
  mkdirSync(dirname(mark), { recursive: true });
  writeFileSync(mark, hash);
}
