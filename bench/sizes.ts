import { type BenchOptions } from './readOptions.ts';
import { type Rounds } from './rounds.ts';

/** How much each case works on. */
export interface Sizes extends Rounds {
  /** Borrowers in the database, with two contacts and an interaction each. */
  people: number;
  /** Borrowers of the run that is held against the script. */
  run: number;
  /** Borrowers of a small and of a big run, whose memory is compared. */
  memory: readonly [number, number];
  /** Borrowers of the runs by which growth is told, from the smallest to the biggest. */
  growth: readonly number[];
  /** How many small runs, of so many borrowers each, of so many companies; and how many the script does. */
  smallRuns: { runs: number; borrowers: number; companies: number; scripted: number };
  /** For how long requests are made in each round, and by how many clients at a time. */
  api: { seconds: number; clients: number };
  schedules: number;
  due: number;
  /** Runs that one company has queued. */
  queued: number;
  /** Texts that come in a second, for so long, from so many numbers. */
  inbound: { perSecond: number; seconds: number; numbers: number };
  /** Contacts of a bulk load. */
  imports: number;
}

const WHOLE: Sizes = {
  ...{ rounds: 5, warmUps: 1 },
  ...{ people: 1_000_000, run: 500_000, memory: [50_000, 1_000_000], growth: [10_000, 100_000, 1_000_000] },
  smallRuns: { runs: 1_000, borrowers: 100, companies: 20, scripted: 64 },
  api: { seconds: 2, clients: 16 },
  inbound: { perSecond: 500, seconds: 20, numbers: 2_000 },
  ...{ schedules: 100_000, due: 10_000, queued: 10_000, imports: 1_000_000 },
};

const QUICK: Sizes = {
  ...{ rounds: 3, warmUps: 1 },
  ...{ people: 40_000, run: 20_000, memory: [2_000, 40_000], growth: [2_000, 40_000] },
  smallRuns: { runs: 30, borrowers: 20, companies: 10, scripted: 8 },
  api: { seconds: 0.7, clients: 16 },
  inbound: { perSecond: 100, seconds: 2, numbers: 20 },
  ...{ schedules: 1_000, due: 200, queued: 400, imports: 20_000 },
};

const LARGER = 10;

/** The sizes that were asked for; one round where it is only for the profiles. */
export function sizesOf({ profile, ...options }: Pick<BenchOptions, 'quick' | 'large' | 'profile'>): Sizes {
  return { ...sizesOfData(options), ...(profile && { rounds: 1 }) };
}

function sizesOfData({ quick, large }: Pick<BenchOptions, 'quick' | 'large'>): Sizes {
  if (quick) return QUICK;
  if (!large) return WHOLE;
  const { people, run, memory, growth } = WHOLE;
  return {
    ...WHOLE,
    ...{ people: people * LARGER, run: run * LARGER, memory: [memory[0], memory[1] * LARGER] },
    growth: [...growth, people * LARGER],
  };
}
