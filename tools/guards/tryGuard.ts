import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Guard } from './guard.ts';
import { removeGuard } from './removeGuard.ts';
import { runTests, type TestOutcome } from './runTests.ts';

/** What became of a checkout without one guard. */
export interface Verdict {
  guard: Guard;
  /** The tests that failed: it is missed. None: it survived. */
  caughtBy: string[];
  tests: number;
  /** Why the failures, or their absence, prove nothing. */
  doubt?: string;
  seconds: number;
}

const LONGEST_MS = 180_000;

/** Takes a guard away in the checkout in `root`, runs its tests, and puts it back. */
export async function tryGuard(root: string, guard: Guard, signal: AbortSignal): Promise<Verdict> {
  const startedAt = performance.now();
  const path = join(root, guard.file);
  const text = await readFile(path, 'utf8');
  await writeFile(path, removeGuard(text, guard));
  try {
    const ownServers = guard.file.endsWith('.sql'); // the shared one was made by the migrations as they are
    const outcome = await runTests(root, { tests: guard.tests, ownServers, timeoutMs: LONGEST_MS, signal });
    const seconds = (performance.now() - startedAt) / 1000;
    return { guard, ...judge(outcome), seconds };
  } finally {
    await writeFile(path, text);
  }
}

function judge({ passed, failed, broken }: TestOutcome): Pick<Verdict, 'caughtBy' | 'tests' | 'doubt'> {
  const tests = passed + failed.length;
  if (broken.length > 0) return { caughtBy: [], tests, doubt: broken.join('; ') };
  if (passed === 0) return { caughtBy: [], tests, doubt: 'all tests failed: the edit breaks more than the guard' };
  return { caughtBy: failed, tests };
}
