import { type Database } from '@muster/core/database';
import { type CampaignRule, changedRules, scheduledAmong, scheduledRules } from '@muster/db/campaignRules';
import { recordDueSlots } from '@muster/db/slots';
import { type Log } from '@muster/core/log';
import { type CampaignSchedule, type RingQueue } from '@muster/queue/queues';
import { campaignSchedule, fingerprintOf } from './campaignSchedule.ts';

/** What a mirror needs of the queue. */
export type ScheduledQueue = Omit<RingQueue, 'workRings'>;

export interface MirrorDeps {
  db: Database;
  queues: ScheduledQueue;
  log: Log;
}

/**
 * The queue's schedules as a mirror of the campaigns'. One process at a time may hold it. It goes by pages, and keeps
 * none: its memory does not grow with the number of campaigns.
 */
export interface ScheduleMirror {
  /** Looks at all campaigns and all schedules in the queue, and changes those that differ. */
  compareAll(signal: AbortSignal): Promise<void>;
  /** Looks at the campaigns that have changed since the last look. */
  followChanges(signal: AbortSignal): Promise<void>;
  /** Whether the queue has fewer schedules than when we last looked: somebody has emptied it, or brought an older copy back. */
  hasLost(): Promise<boolean>;
}

const PAGE = 1_000;
const AT_ONCE = 50;
const OVERLAP_MS = 60_000; // a change is stamped when it is made, and seen when it is committed

/** Makes a mirror that knows nothing yet: call `compareAll` first. */
export function scheduleMirror(deps: MirrorDeps): ScheduleMirror {
  let seenUntil = new Date(0);
  let count = 0; // what the queue has at least, by what we have done: it may be emptied while we are at it
  let wasShort = false;
  return {
    compareAll: async (signal) => {
      const now = await deps.db.now();
      const put = await putMissing(deps, signal);
      const differed = put.differed + (await removeOrphans(deps, signal));
      if (differed > 0) deps.log.info('schedules.differed', { count: differed });
      seenUntil = now;
      const found = await deps.queues.countSchedules();
      const isShort = found < put.kept;
      count = isShort && !wasShort ? put.kept : found; // short once more: it will not take them
      wasShort = isShort;
    },
    followChanges: async (signal) => {
      const now = await deps.db.now();
      for await (const rules of changedRules(deps.db, new Date(seenUntil.getTime() - OVERLAP_MS)))
        count += (await putPage(deps, rules, signal)).gained;
      seenUntil = now;
    },
    hasLost: async () => (await deps.queues.countSchedules()) < count,
  };
}

interface Wanted {
  campaignId: string;
  schedule: CampaignSchedule | undefined;
}

async function putMissing(deps: MirrorDeps, signal: AbortSignal) {
  const all = { differed: 0, kept: 0 };
  for await (const rules of scheduledRules(deps.db)) {
    if (signal.aborted) break;
    const page = await putPage(deps, rules, signal);
    all.differed += page.differed;
    all.kept += page.kept;
  }
  return all;
}

/**
 * Makes the queue's schedules of these campaigns what they want. Gives how many differed, how many are there now, and how
 * many more than before: no more of either than is sure.
 */
async function putPage(deps: MirrorDeps, rules: CampaignRule[], signal: AbortSignal) {
  await planUnplanned(deps, rules);
  const inQueue = new Map<string, string>();
  for (const schedule of await deps.queues.schedulesOf(rules.map(({ campaignId }) => campaignId)))
    inQueue.set(schedule.campaignId, fingerprintOf(schedule));
  const wanted = rules.map((rule) => ({ campaignId: rule.campaignId, schedule: campaignSchedule(rule) }));
  const differing = wanted.filter(
    ({ campaignId, schedule }) => inQueue.get(campaignId) !== (schedule && fingerprintOf(schedule)),
  );
  const refused = await change(deps, differing, signal);
  const kept = wanted.filter(({ schedule }) => schedule !== undefined).length - refused;
  return { differed: differing.length, kept, gained: kept - inQueue.size };
}

/** Removes what no campaign wants any more. Gives how many there were. */
async function removeOrphans(deps: MirrorDeps, signal: AbortSignal) {
  let removed = 0;
  for await (const page of inPages(deps.queues.schedules())) {
    if (signal.aborted) break;
    const ids = page.map(({ campaignId }) => campaignId);
    const wanted = await scheduledAmong(deps.db, ids);
    const orphans = ids.filter((id) => !wanted.has(id)).map((campaignId) => ({ campaignId, schedule: undefined }));
    await change(deps, orphans, signal);
    removed += orphans.length;
  }
  return removed;
}

async function* inPages<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item[]> {
  let page: Item[] = [];
  for await (const item of items) {
    page.push(item);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** Gives how many were not changed, as far as we know. */
async function change({ queues, log }: MirrorDeps, differing: Wanted[], signal: AbortSignal): Promise<number> {
  let changed = 0;
  for (let start = 0; start < differing.length && !signal.aborted; start += AT_ONCE) {
    const batch = differing.slice(start, start + AT_ONCE);
    const results = await Promise.allSettled(
      batch.map(({ campaignId, schedule }) =>
        schedule ? queues.upsertSchedule(schedule) : queues.removeSchedule(campaignId),
      ),
    );
    const refused = results.filter(({ status }) => status === 'rejected');
    if (refused.length > 0) log.warn('schedules.notChanged', { count: refused.length });
    changed += batch.length - refused.length;
    if (refused.length === batch.length) break; // the queue is away: the next comparison finds what is left
  }
  return differing.length - changed;
}

// A campaign that was written past the API has no next due time yet, so no sweep would ever find it.
async function planUnplanned({ db, log }: MirrorDeps, rules: CampaignRule[]) {
  for (const { campaignId } of rules.filter(({ isUnplanned }) => isUnplanned)) {
    await recordDueSlots(db, campaignId).catch(() => log.error('campaign.scheduleUnreadable', { campaignId }));
  }
}
