import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { waitFor } from '@muster/testing/waitFor';
import { waitForPredecessor } from '@muster/testing/waitForPredecessor';

const checkout = join(import.meta.dirname, '..', '..');
const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 10_000;

interface DemoJson {
  apiUrl: string;
  apiKey: string;
  companyId: string;
}

/** Starts the demo in `directory`, as `npm run demo` does, and waits until it is up. */
async function startDemo(directory: string) {
  const home = join(directory, '.demo');
  const flags = ['--conditions=source', '--import', 'tsx', 'tools/demo/main.ts', '--home', home];
  const env = { PATH: process.env['PATH'], HOME: directory }; // without Redis, and without npm to watch
  const child = spawn(process.execPath, flags, { cwd: checkout, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
  const isSettled = () => said.includes('Ctrl-C ends it') || child.exitCode !== null;
  await waitFor(isSettled, { timeoutMs: START_TIMEOUT_MS, what: 'the demo' });
  if (child.exitCode !== null) throw new Error(`the demo did not start:\n${said}`);
  const facts = JSON.parse(readFileSync(join(home, 'demo.json'), 'utf8')) as DemoJson;
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    child.kill(signal);
    const [code] = (await once(child, 'close')) as [number | null];
    return code;
  };
  return { facts, said: () => said, end };
}

function blocksOf(readme: string) {
  return [...readme.matchAll(/^```bash\n(.*?)^```$/gms)].map(([, block]) => block);
}

async function answers(url: string) {
  return fetch(url.replace(/\/api$/, '/livez')).then(
    () => true,
    () => false,
  );
}

describe('a stranger with the README', () => {
  const directory = mkdtempSync(join(tmpdir(), 'muster-readme-'));
  chmodSync(directory, 0o755); // as root, PostgreSQL runs as somebody who must get in
  const running: Awaited<ReturnType<typeof startDemo>>[] = [];
  const start = async () => {
    const demo = await startDemo(directory);
    running.push(demo);
    return demo;
  };
  afterAll(async () => {
    for (const demo of running) await demo.end('SIGKILL');
    await waitForPredecessor(join(directory, '.demo', 'postgres', 'data'));
    await rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 500 });
  });

  it('starts the demo, walks word for word to a delivered file, and ends it with Ctrl-C', async () => {
    const demo = await start();
    const script = blocksOf(readFileSync(join(checkout, 'README.md'), 'utf8')).join('\n');
    const walk = promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { cwd: directory, timeout: 60_000 });

    const { stdout } = await walk;

    expect(stdout).toContain(`status: 'succeeded'`);
    expect(stdout).toMatch(/^delivered, byte for byte$/m);
    expect(stdout).toMatch(/inserted: 2/);
    expect(stdout).toMatch(/4520999999.*Thank/);
    const began = performance.now();
    expect(await demo.end('SIGINT')).toBe(0);
    expect(performance.now() - began).toBeLessThan(STOP_TIMEOUT_MS);
    expect(await answers(demo.facts.apiUrl)).toBe(false);
  }, 240_000);

  it('finds the same company and key at the next start, and no process after a demo that was killed', async () => {
    const before = running.at(-1)?.facts;

    const demo = await start();

    expect(demo.facts).toMatchObject({ companyId: before?.companyId, apiKey: before?.apiKey });
    await demo.end('SIGKILL');
    const isDown = async () => !(await answers(demo.facts.apiUrl));
    await expect(waitFor(isDown, { timeoutMs: STOP_TIMEOUT_MS, what: 'the API to end' })).resolves.toBe(true);
  }, 240_000);
});
