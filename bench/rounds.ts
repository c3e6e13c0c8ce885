/** How often the sides are measured; what a warm-up gives is thrown away. */
export interface Rounds {
  rounds: number;
  warmUps: number;
}

/** Measures one side once; gives a number, such as seconds. `round` counts from 0, the warm-ups first. */
export type Measure = (round: number) => Promise<number>;

/**
 * Measures all sides in turns, so that whatever else the machine does meets them alike; every other round goes the other
 * way round, so that none always comes after the same one.
 */
export async function inTurns<Side extends string>(
  sides: Record<Side, Measure>,
  { rounds, warmUps }: Rounds,
): Promise<Record<Side, number[]>> {
  const names = Object.keys(sides) as Side[];
  const taken = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Side, number[]>;
  for (let round = 0; round < rounds + warmUps; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const value = await sides[name](round);
      if (round >= warmUps) taken[name].push(value);
    }
  }
  return taken;
}

/** The one in the middle, or the mean of the two there; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  const [low = NaN, high = NaN] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]];
  return (low + high) / 2;
}

/** The median of one side by that of another. */
export function ratioOf(ours: readonly number[], peers: readonly number[]): number {
  return median(ours) / median(peers);
}

/** How many seconds a piece of work takes. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1_000;
}
