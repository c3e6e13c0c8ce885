import { setTimeout as pause } from 'node:timers/promises';
import { holdRole } from '@muster/db/holdRole';
import { type MirrorDeps, scheduleMirror } from './scheduleMirror.ts';

export interface KeepTimes {
  /** How often changed campaigns are looked for. */
  followEveryMs: number;
  /** How often all campaigns and all schedules in the queue are compared, beside when the queue has lost some. */
  compareEveryMs: number;
}

const MOST_TIME = 50; // comparing takes one part in so many of the time, at most

/**
 * Keeps the schedules in the queue as the campaigns want them, for as long as this process has that role; returns at once
 * while another has it. Two at a time would put schedules twice, and so delete occurrences that are overdue.
 */
export async function keepSchedules(deps: MirrorDeps & { times: KeepTimes }, signal: AbortSignal): Promise<void> {
  const { followEveryMs, compareEveryMs } = deps.times;
  await holdRole(deps.db, 'scheduleKeeper', async (checkHeld) => {
    const mirror = scheduleMirror(deps);
    let compareAt = 0;
    while (!signal.aborted) {
      await checkHeld();
      const beganAt = performance.now();
      if (beganAt < compareAt && !(await mirror.hasLost())) await mirror.followChanges(signal);
      else {
        await mirror.compareAll(signal);
        const tookMs = performance.now() - beganAt;
        compareAt = performance.now() + Math.max(compareEveryMs, tookMs * MOST_TIME);
      }
      await pause(followEveryMs, undefined, { signal }).catch(() => undefined);
    }
  });
}
