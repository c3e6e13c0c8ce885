// What `npm test` runs: the checks, then the tests, then a small bench, stopping at the first stage that fails. `--check`
// ends after the unit tests; any other argument goes to Jest alone, as in `npm test -- -t name`. Node's own modules only.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const tool = (path, ...args) => [join('node_modules', path), ...args];
const jest = (...args) => [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  '--conditions=source',
  ...tool('jest/bin/jest.js', ...args),
];
const checks = {
  types: tool('typescript/bin/tsc', '-p', '.', '--noEmit'),
  eslint: tool('eslint/bin/eslint.js', '.', '--max-warnings', '0', '--cache', '--cache-location', '.cache/eslint'),
  prettier: tool('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'),
  build: tool('typescript/bin/tsc', '-b', 'tsconfig.build.json'), // what ships; finds declarations that cannot be written
  cycles: ['tools/cycles.mjs'],
};
// The types of the client are made of the API's description, and are not in git.
const generateClient = ['--conditions=source', '--import', 'tsx', 'tools/client/generate.ts'];
// Ratios only, with generous bounds: what became many times slower shows, whatever the machine.
const bench = ['--conditions=source', '--import', 'tsx', 'bench/main.ts', '--quick'];
const running = new Set();
let interrupted;

/** Runs Node with `args`; gives the exit code and what it printed, unless that went straight to the terminal. */
function run(args, stdio) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio });
    const said = [];
    child.stdout?.on('data', (data) => said.push(data));
    child.stderr?.on('data', (data) => said.push(data));
    running.add(child);
    child.on('close', (code) => {
      running.delete(child);
      resolve({ code: code ?? 1, output: Buffer.concat(said).toString() });
    });
  });
}

async function stage(name, work) {
  const start = performance.now();
  const result = await work();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  if (interrupted) process.exit(128 + constants.signals[interrupted]);
  console.log(`${result.code === 0 ? 'ok    ' : 'FAILED'}  ${name.padEnd(12)} ${seconds.padStart(6)} s`);
  if (result.output && result.code !== 0) console.log(result.output.trimEnd());
  return result.code === 0;
}

/** All checks, as many at a time as there are cores; every one that fails is shown, not only the first. */
async function runChecks() {
  if (!(await stage('client', () => run(generateClient, ['ignore', 'pipe', 'pipe'])))) return false;
  const waiting = Object.entries(checks);
  let allWell = true;
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [name, args] = next;
      if (!(await stage(name, () => run(args, ['ignore', 'pipe', 'pipe'])))) allWell = false;
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), waiting.length) }, lane));
  return allWell;
}

const totals = { passed: 0, failed: 0, skipped: 0 };

async function runTests(project) {
  const file = join(root, '.cache', `jest-${project}.json`);
  rmSync(file, { force: true });
  const args = jest('--selectProjects', project, '--json', '--outputFile', file);
  const passed = await stage(project, () => run(args, 'inherit'));
  count(file);
  return passed;
}

function count(file) {
  try {
    const result = JSON.parse(readFileSync(file, 'utf8'));
    totals.passed += result.numPassedTests;
    totals.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
    totals.skipped += result.numPendingTests + result.numTodoTests;
  } catch {
    totals.failed += 1; // Jest ended before it could count: the stage has failed, and so says the sum
  }
}

async function runBench() {
  const isReached = await stage('bench', () => run(bench, 'inherit'));
  if (!isReached) totals.failed += 1;
  return isReached;
}

async function runAll(projects, { withBench }) {
  if (!(await runChecks())) return false;
  let allWell = true;
  for (const project of projects) {
    allWell = await runTests(project);
    if (!allWell) break;
  }
  if (allWell && withBench) allWell = await runBench();
  const skipped = totals.skipped > 0 ? `, ${totals.skipped} SKIPPED` : '';
  console.log(`${totals.passed} passed, ${totals.failed} failed${skipped}`);
  return allWell;
}

// Ctrl-C reaches the children by itself; they end, and then so do we. A SIGTERM reaches only us.
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    interrupted = signal;
    if (signal === 'SIGTERM') for (const child of running) child.kill(signal);
  });
}

mkdirSync(join(root, '.cache'), { recursive: true });
const args = process.argv.slice(2);
if (args.length > 0 && args[0] !== '--check') {
  process.exitCode = (await run(jest(...args), 'inherit')).code;
} else {
  const isCheck = args[0] === '--check';
  const projects = isCheck ? ['unit'] : ['unit', 'integration', 'e2e', 'faults'];
  process.exitCode = (await runAll(projects, { withBench: !isCheck })) ? 0 : 1;
}
