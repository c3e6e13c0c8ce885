import fc from 'fast-check';
import { type Finding, type Lane, tryPlan } from './fuzzLane.ts';
import { type Plan } from './planArbitrary.ts';

const MOST_TRIES = 40;
/** Asked before each try: some operations want what only workers bring about, and what a list shows. */
const BEFORE = {
  begin: ['startRun', 'receiveMessages'],
  look: ['listCompanyRuns', 'listSubscriptions', 'listCharges'],
};

/** Asks operations rightly, each until it answers 2xx or has been asked often enough; ends with the first that is wrong. */
export async function askUntilRight(names: readonly string[], lane: Lane): Promise<Finding[]> {
  for (const name of names) {
    const plans = lane.plans.right.get(name);
    const finding = plans && (await askOne(fc.sample(plans, { seed: lane.seed, numRuns: MOST_TRIES }), lane));
    if (finding) return [finding];
  }
  return [];
}

async function askOne(plans: Plan[], lane: Lane): Promise<Finding | undefined> {
  const hundreds = new Set<number>();
  const count: Lane['count'] = (operation, status, isOwnMethod) => {
    lane.count(operation, status, isOwnMethod);
    hundreds.add(Math.floor(status / 100));
  };
  for (const [at, plan] of plans.entries()) {
    const early = await goOn(lane, lane.seed + at);
    if (early) return early;
    const finding = await tryPlan(plan, { ...lane, count });
    if (finding || hundreds.has(2)) return finding;
  }
  return undefined;
}

/** Lets the world go on by one run or text and its end, and sees what it is like now; gives what was wrong with these answers. */
async function goOn(lane: Lane, seed: number): Promise<Finding | undefined> {
  const begun = await askOnce(BEFORE.begin, lane, seed);
  await lane.stir();
  return begun ?? (await askOnce(BEFORE.look, lane, seed));
}

async function askOnce(names: string[], lane: Lane, seed: number): Promise<Finding | undefined> {
  for (const name of names) {
    const [plan] = fc.sample(lane.plans.right.get(name) ?? fc.constant(undefined), { seed, numRuns: 1 });
    const finding = plan && (await tryPlan(plan, lane));
    if (finding) return finding;
  }
  return undefined;
}
