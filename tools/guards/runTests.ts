import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** How some test files went. */
export interface TestOutcome {
  passed: number;
  /** The names of the tests that failed. */
  failed: string[];
  /** Why a test file could not be run, or Jest not come to its end. */
  broken: string[];
}

interface JestReport {
  testResults: { name: string; message: string; assertionResults: { fullName: string; status: string }[] }[];
}

export interface TestRun {
  tests: readonly string[];
  /** Starts servers of its own, with the migrations of this checkout. */
  ownServers?: boolean;
  timeoutMs: number;
  signal: AbortSignal;
}

/** Runs test files of the checkout in `root`. */
export async function runTests(root: string, run: TestRun): Promise<TestOutcome> {
  const { tests, ownServers = false } = run;
  const report = join(root, 'guard-tests.json');
  await rm(report, { force: true });
  const words = await runJest(root, { ...run, args: argsOf(tests, report), env: environment(ownServers) });
  const text = await readFile(report, 'utf8').catch(() => undefined);
  if (text === undefined) return { passed: 0, failed: [], broken: [`Jest did not come to its end: ${words}`] };
  const { testResults } = JSON.parse(text) as JestReport;
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  const notRun = testResults.filter(({ assertionResults }) => assertionResults.length === 0);
  return {
    passed: all.filter(({ status }) => status === 'passed').length,
    failed: all.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
    broken: notRun.map(({ name, message }) => `${name}: ${message.slice(0, 500)}`),
  };
}

function argsOf(tests: readonly string[], report: string) {
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', '--conditions=source'];
  const projects = [...new Set(tests.map(projectOf))];
  return [
    ...[...flags, 'node_modules/jest/bin/jest.js', '--json', '--outputFile', report, '--runTestsByPath', ...tests],
    ...(tests.length <= 2 ? ['--runInBand'] : []), // a worker of Jest's takes longer to start
    ...['--selectProjects', ...projects],
  ];
}

function projectOf(test: string) {
  return /\.(integration|e2e)\.test\.ts$/.exec(test)?.[1] ?? 'unit';
}

function environment(ownServers: boolean) {
  const { MUSTER_TEST_POSTGRES, MUSTER_TEST_REDIS, ...rest } = process.env;
  return ownServers ? rest : { ...rest, MUSTER_TEST_POSTGRES, MUSTER_TEST_REDIS };
}

interface JestRun {
  args: string[];
  env: NodeJS.ProcessEnv;
  timeoutMs: number;
  signal: AbortSignal;
}

/** Gives the end of what Jest said; a Jest that does not end is ended. */
function runJest(root: string, { args, env, timeoutMs, signal }: JestRun): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'ignore', 'pipe'], signal });
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    let words = '';
    child.stderr.on('data', (data: Buffer) => (words = (words + data.toString()).slice(-2_000)));
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      resolve(words);
    });
  });
}
