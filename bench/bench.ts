import { type StopList } from '../tools/demo/stopList.ts';
import { type Borrowers } from './borrowers.ts';
import { type Figure } from './figure.ts';
import { type LoopDelays } from './loopDelays.ts';
import { type Servers } from './servers.ts';
import { type Sizes } from './sizes.ts';

/** What every case is handed. */
export interface Bench {
  sizes: Sizes;
  /** Bounds are generous, and nothing is held against a clock on the wall. */
  quick: boolean;
  servers: Servers;
  loops: LoopDelays;
  /** Where the profiles of processes go; absent: none are made. */
  profiles: string | undefined;
  /** The database of many borrowers: made when it is first asked for, and shared. */
  borrowers(): Promise<Borrowers>;
  /** A line for whoever waits. */
  say(line: string): void;
  /** Whatever is added here is stopped at the end. */
  started: StopList;
}

/** One case: measures, and gives its lines of the table. */
export interface Case {
  name: string;
  /** Whether `--quick` has it, too: only what holds one side against another. */
  isQuick: boolean;
  measure(bench: Bench): Promise<Figure[]>;
}
