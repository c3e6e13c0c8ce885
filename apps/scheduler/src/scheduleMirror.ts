import { type Database } from '@muster/core/database';
import { type CampaignRule, changedRules, scheduledRules } from '@muster/db/campaignRules';
import { recordDueSlots } from '@muster/db/slots';
import { type Log } from '@muster/core/log';
import { type CampaignSchedule, type RingQueue } from '@muster/queue/queues';
import { campaignSchedule, fingerprintOf } from './campaignSchedule.ts';

export interface MirrorDeps {
  db: Database;
  queues: Pick<RingQueue, 'schedules' | 'upsertSchedule' | 'removeSchedule'>;
  log: Log;
}

/** The queue's schedules as a mirror of the campaigns'. One process at a time may hold it. */
export interface ScheduleMirror {
  /** Looks at all campaigns and all schedules in the queue, and changes those that differ. */
  compareAll(signal: AbortSignal): Promise<void>;
  /** Looks at the campaigns that have changed since the last look. */
  followChanges(signal: AbortSignal): Promise<void>;
}

const AT_ONCE = 50;
const OVERLAP_MS = 60_000; // a change is stamped when it is made, and seen when it is committed

/** Makes a mirror that knows nothing yet: call `compareAll` first. */
export function scheduleMirror(deps: MirrorDeps): ScheduleMirror {
  let inQueue = new Map<string, string>(); // what the queue has: campaign -> fingerprint
  let seenUntil = new Date(0);

  const change = async (differing: Wanted[], signal: AbortSignal) => {
    for (let start = 0; start < differing.length && !signal.aborted; start += AT_ONCE) {
      const isAnswered = await changeBatch(deps, inQueue, differing.slice(start, start + AT_ONCE));
      if (!isAnswered) return; // the next comparison finds what is left
    }
  };
  return {
    compareAll: async (signal) => {
      seenUntil = await deps.db.now();
      inQueue = new Map();
      for await (const schedule of deps.queues.schedules()) inQueue.set(schedule.campaignId, fingerprintOf(schedule));
      const differing = await findDifferences(deps, inQueue);
      if (differing.length > 0) deps.log.info('schedules.differed', { count: differing.length });
      await change(differing, signal);
    },
    followChanges: async (signal) => {
      const now = await deps.db.now();
      const rules = await changedRules(deps.db, new Date(seenUntil.getTime() - OVERLAP_MS));
      await planUnplanned(deps, rules);
      await change(
        rules.map(wantedOf).filter((wanted) => differs(inQueue, wanted)),
        signal,
      );
      seenUntil = now;
    },
  };
}

interface Wanted {
  campaignId: string;
  schedule: CampaignSchedule | undefined;
}

const wantedOf = (rule: CampaignRule): Wanted => ({ campaignId: rule.campaignId, schedule: campaignSchedule(rule) });

function differs(inQueue: Map<string, string>, { campaignId, schedule }: Wanted): boolean {
  return inQueue.get(campaignId) !== (schedule && fingerprintOf(schedule));
}

async function findDifferences(deps: MirrorDeps, inQueue: Map<string, string>): Promise<Wanted[]> {
  const differing: Wanted[] = [];
  const gone = new Set(inQueue.keys());
  for await (const rule of scheduledRules(deps.db)) {
    const wanted = wantedOf(rule);
    if (wanted.schedule) gone.delete(rule.campaignId);
    if (wanted.schedule && differs(inQueue, wanted)) differing.push(wanted);
    await planUnplanned(deps, [rule]);
  }
  return [...differing, ...[...gone].map((campaignId) => ({ campaignId, schedule: undefined }))];
}

/** Gives false when the queue took none of them: it is away, then. */
async function changeBatch({ queues, log }: MirrorDeps, inQueue: Map<string, string>, batch: Wanted[]) {
  const results = await Promise.allSettled(
    batch.map(async ({ campaignId, schedule }) => {
      inQueue.delete(campaignId); // unknown until the queue has answered
      if (!schedule) return queues.removeSchedule(campaignId);
      await queues.upsertSchedule(schedule);
      inQueue.set(campaignId, fingerprintOf(schedule));
    }),
  );
  const refused = results.filter(({ status }) => status === 'rejected').length;
  if (refused > 0) log.warn('schedules.notChanged', { count: refused });
  return refused < batch.length;
}

// A campaign that was written past the API has no next due time yet, so no sweep would ever find it.
async function planUnplanned({ db, log }: MirrorDeps, rules: CampaignRule[]) {
  for (const { campaignId } of rules.filter(({ isUnplanned }) => isUnplanned)) {
    await recordDueSlots(db, campaignId).catch(() => log.error('campaign.scheduleUnreadable', { campaignId }));
  }
}
