import { MOST_CHECKS, type OutsideAnswer, type OutsideCheck } from '../outsideGuard.ts';
import { outsideGuardOf } from '../outsideGuardOf.ts';
import { type AudienceScope, type Matching } from '../ports.ts';
import { type StepContext } from '../step.ts';

const LANES = 4; // requests under way at a time: enough to hide the way there and back, and no flood

/**
 * Asks the company's own guard, where it names one, about every contact that our rules let through; `match` refuses what it
 * did not allow. Comes before the matching, which locks: a guard may take its time. Gives whether there was one to ask; throws
 * what the guard's port throws.
 */
export async function askOutsideGuard(ctx: StepContext, scope: AudienceScope, matching: Matching): Promise<boolean> {
  const url = outsideGuardOf(matching);
  if (url === null) return false;
  const { outsideGuard: guard, signal } = ctx;
  const ask = (checks: OutsideCheck[]) =>
    inLanes(batchesOf(checks), signal, (batch, stop) => guard.check(url, batch, stop));
  await ctx.note('outsideGuard.asked', { ...(await ctx.audience.askOutside(scope, matching, { ask, signal })) });
  return true;
}

function batchesOf(checks: OutsideCheck[]) {
  const batches: OutsideCheck[][] = [];
  for (let at = 0; at < checks.length; at += MOST_CHECKS) batches.push(checks.slice(at, at + MOST_CHECKS));
  return batches;
}

type Answers = Map<string, OutsideAnswer>;

/** Some at a time; the first failure stops all, since nothing is done with the rest of the answers. */
async function inLanes(
  batches: OutsideCheck[][],
  signal: AbortSignal,
  ask: (batch: OutsideCheck[], stop: AbortSignal) => Promise<Answers>,
): Promise<Answers> {
  const answers: Answers = new Map();
  const stop = new AbortController();
  const onAbort = () => stop.abort(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener('abort', onAbort);
  const takeNext = async () => {
    for (let batch = batches.shift(); batch && !stop.signal.aborted; batch = batches.shift()) {
      for (const [ref, answer] of await ask(batch, stop.signal)) answers.set(ref, answer);
    }
  };
  try {
    const lanes = Array.from({ length: LANES }, () => takeNext().catch((error: unknown) => stop.abort(error)));
    await Promise.all(lanes);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
  stop.signal.throwIfAborted();
  return answers;
}
