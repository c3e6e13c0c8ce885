import { type audienceBench } from '../audienceBench.ts';
import { type SlowVerdict } from './judgeSlowly.ts';

export type GuardBench = Awaited<ReturnType<typeof audienceBench>>;

/** Where the guard and the slow model differ, of the case at this position. */
export interface Disagreement {
  at: number;
  /** The single question, or which row and contact of which run. */
  where: string;
  guard: SlowVerdict | undefined;
  model: SlowVerdict | undefined;
}

/** Whether two verdicts are not the same. */
export function isOther(one: SlowVerdict | undefined, other: SlowVerdict | undefined): boolean {
  return JSON.stringify(one) !== JSON.stringify(other);
}
