import fc from 'fast-check';
import { type Finding, type Lane, tryPlan } from './fuzzLane.ts';
import { type Plan } from './planArbitrary.ts';

const MOST_TRIES = 40;

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
  for (const plan of plans) {
    await lane.stir();
    const finding = await tryPlan(plan, { ...lane, count });
    if (finding || hundreds.has(2)) return finding;
  }
  return undefined;
}
