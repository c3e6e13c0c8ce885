import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { inLanes } from '@muster/core/inLanes';
import globalSetup from '../jest/globalSetup.ts';
import globalTeardown from '../jest/globalTeardown.ts';
import { copyCheckout } from './copyCheckout.ts';
import { type Guard } from './guard.ts';
import { isCaught, lineOf, tableLines, totalsLine } from './guardLines.ts';
import { guards } from './guards.ts';
import { runTests } from './runTests.ts';
import { tryGuard, type Verdict } from './tryGuard.ts';

const usage = `npm run test:guards -- [--only <part of a name>] [--table] [--list]

Takes one guard after the other away, in a copy of the checkout, and runs the tests that should miss it.
  --only <text>  only guards whose name contains it; more than once: any of them
  --table        print a table in Markdown at the end
  --list         print the names and end
Ends with 1 where a guard is missed by no test.`;

const root = fileURLToPath(new URL('../../', import.meta.url));
const BASELINE_MS = 30 * 60_000;
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort()); // then all is put away

process.exitCode = await main().catch((error: unknown) => {
  if (!stop.signal.aborted) throw error;
  console.error('stopped: the copies are removed');
  return 130;
});

async function main(): Promise<number> {
  const { only, table, list, help } = optionsOrExit();
  if (help) return say([usage]);
  const chosen = guards.filter(({ name }) => only.some((text) => name.includes(text)));
  if (list) return say(chosen.map(({ name, why }) => `${name}: ${why}`));
  if (chosen.length === 0) throw new Error(`no guard has a name with "${only.join('" or "')}" in it`);
  const verdicts = await withCopies((copies) => tryAll(chosen, copies));
  if (!verdicts) return 1;
  const inOrder = chosen
    .map((guard) => verdicts.find((verdict) => verdict.guard === guard))
    .filter((one) => one !== undefined);
  say([...(table ? ['', ...tableLines(inOrder), ''] : []), totalsLine(inOrder)]);
  return inOrder.every(isCaught) ? 0 : 1;
}

/** Starts the servers and makes a copy of the checkout for each lane; both go at the end. */
async function withCopies<Result>(work: (copies: string[]) => Promise<Result>): Promise<Result> {
  const home = await mkdtemp(join(tmpdir(), 'muster-guards-'));
  await globalSetup();
  try {
    const copies = Array.from({ length: availableParallelism() }, (_, lane) => join(home, String(lane)));
    for (const copy of copies) {
      await mkdir(copy);
      await copyCheckout(root, copy);
    }
    return await work(copies);
  } finally {
    await globalTeardown();
    await rm(home, { recursive: true, force: true });
  }
}

async function tryAll(chosen: Guard[], copies: string[]): Promise<Verdict[] | undefined> {
  const tests = [...new Set(chosen.flatMap((guard) => guard.tests))];
  console.error(`Running the ${tests.length} test files of ${chosen.length} guards with all guards in place …`);
  const { passed, failed, broken } = await runTests(copies[0] ?? root, {
    tests,
    timeoutMs: BASELINE_MS,
    signal: stop.signal,
  });
  if (failed.length + broken.length > 0) {
    say(['the tests must pass before anything is taken away; these do not:', ...failed, ...broken]);
    return undefined;
  }
  console.error(`${passed} tests passed. Taking the guards away, one after the other …`);
  const verdicts: Verdict[] = [];
  const free = [...copies];
  await inLanes(chosen, copies.length, async (guard) => {
    const copy = free.pop() as string;
    const verdict = await tryGuard(copy, guard, stop.signal);
    free.push(copy);
    verdicts.push(verdict);
    say([lineOf(verdict)]);
  });
  return verdicts;
}

function say(lines: string[]): number {
  for (const line of lines) console.log(line);
  return 0;
}

function optionsOrExit() {
  try {
    const flag = { type: 'boolean', default: false } as const;
    const options = {
      only: { type: 'string', multiple: true, default: [''] as string[] },
      table: flag,
      list: flag,
      help: { ...flag, short: 'h' },
    } as const;
    return parseArgs({ options }).values;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return process.exit(2);
  }
}
