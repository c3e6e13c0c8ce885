import { type Database } from '@muster/core/database';
import { type DueSlot, planSlots, type SlotPlan } from '@muster/core/dueSlots';
import { Conflict } from '@muster/core/errors';
import { inLanes } from '@muster/core/inLanes';
import { insertRun } from './insertRun.ts';
import { readRunSettings } from './runSettings.ts';
import { lockCampaign, readScheduledCampaign, type ScheduledCampaign, setNextDueAt } from './schedules.ts';

/** What came of looking: the runs that were made, of which company. */
export interface RecordedSlots {
  runIds: string[];
  companyId: string | undefined;
}

/** A campaign that could not be looked at, and why, in a sentence without secrets. */
export interface FailedLook {
  campaignId: string;
  error: unknown;
}

/** A run that a slot has become. */
export interface QueuedRun {
  runId: string;
  campaignId: string;
}

const AT_ONCE = 4;
const PUT_OFF_MS = 60_000;
const NOTHING_DUE: SlotPlan = { slots: [], nextDueAt: undefined };

/**
 * Records the slots of a campaign that have come, each with its run, as missed or as skipped. Safe to call at any time,
 * by any number of processes: one slot per campaign and date is a key of the table.
 */
export function recordDueSlots(db: Database, campaignId: string): Promise<RecordedSlots> {
  return db.transaction((tx) => recordSlots(tx, campaignId, { skipLocked: false }));
}

/** Records the slots of all campaigns that are due, `limit` campaigns at most; those that another process has are left to it. */
export async function sweepDueSlots(db: Database, { limit }: { limit: number }) {
  const due = await db.query<{ id: string }>(
    `select id from campaign where next_due_at <= $1 and deleted_at is null order by next_due_at limit $2`,
    [await db.now(), limit],
  );
  const queued: QueuedRun[] = [];
  const companyIds = new Set<string>();
  const failed: FailedLook[] = [];
  await inLanes(due, AT_ONCE, async ({ id }) => {
    const recorded = await look(db, id, failed);
    if (recorded.runIds.length > 0 && recorded.companyId !== undefined) companyIds.add(recorded.companyId);
    queued.push(...recorded.runIds.map((runId) => ({ runId, campaignId: id })));
  });
  return { looked: due.length, runIds: queued.map(({ runId }) => runId), queued, companyIds: [...companyIds], failed };
}

/** Records all that has come, inside the caller's transaction, however much it is. The campaign must be locked. */
export async function recordAllSlots(tx: Database, campaignId: string): Promise<void> {
  const now = await tx.now();
  for (;;) {
    const campaign = await readScheduledCampaign(tx, campaignId);
    const nextDueAt = campaign && (await recordPlan(tx, campaign, now)).nextDueAt;
    if (!nextDueAt || nextDueAt > now) return;
  }
}

/**
 * Records what has come of all campaigns as missed, for this reason, and runs none of it; gives how many slots that were. A
 * campaign that cannot be read is left as it is. Whoever calls keeps all others from the campaigns.
 */
export async function recordAllMissed(tx: Database, reason: string): Promise<{ slots: number; failed: FailedLook[] }> {
  const now = await tx.now();
  const due = await tx.query<{ id: string }>(
    'select id from campaign where next_due_at <= $1 and deleted_at is null order by id',
    [now],
  );
  let slots = 0;
  const failed: FailedLook[] = [];
  for (const { id } of due) {
    await tx.execute('savepoint campaign');
    try {
      slots += await recordMissed(tx, id, { now, reason });
    } catch (error) {
      await tx.execute('rollback to savepoint campaign');
      failed.push({ campaignId: id, error });
    }
    await tx.execute('release savepoint campaign');
  }
  return { slots, failed };
}

// All at once, so that they raise one alert.
async function recordMissed(tx: Database, campaignId: string, { now, reason }: { now: Date; reason: string }) {
  const campaign = await readScheduledCampaign(tx, campaignId);
  if (!campaign) return 0;
  const slots: DueSlot[] = [];
  for (;;) {
    const lastDueDate = slots.at(-1)?.dueDate ?? campaign.lastDueDate;
    const plan = campaign.schedule ? planSlots(campaign.schedule, { lastDueDate, now }) : NOTHING_DUE;
    slots.push(...plan.slots);
    if (plan.nextDueAt && plan.nextDueAt <= now) continue;
    if (slots.length > 0) await insertMissed(tx, campaignId, { slots, reason });
    await setNextDueAt(tx, campaign, plan.nextDueAt);
    return slots.length;
  }
}

// One campaign that cannot be read (settings written past the API, a lost lock) must not hold up all others.
async function look(db: Database, campaignId: string, failed: FailedLook[]): Promise<RecordedSlots> {
  try {
    return await db.transaction((tx) => recordSlots(tx, campaignId, { skipLocked: true }));
  } catch (error) {
    const now = await db.now(); // throws when it is the database that is away: then nothing is put off
    await db.execute('update campaign set next_due_at = $3 where id = $1 and next_due_at <= $2', [
      campaignId,
      now,
      new Date(now.getTime() + PUT_OFF_MS),
    ]);
    failed.push({ campaignId, error });
    return { runIds: [], companyId: undefined };
  }
}

async function recordSlots(tx: Database, campaignId: string, lock: { skipLocked: boolean }): Promise<RecordedSlots> {
  const nothing = { runIds: [], companyId: undefined };
  if (!(await lockCampaign(tx, campaignId, lock))) return nothing;
  const campaign = await readScheduledCampaign(tx, campaignId);
  if (!campaign) return nothing;
  const { runIds } = await recordPlan(tx, campaign, await tx.now());
  return { runIds, companyId: campaign.companyId };
}

async function recordPlan(tx: Database, campaign: ScheduledCampaign, now: Date) {
  const { schedule, lastDueDate } = campaign;
  const plan = schedule ? planSlots(schedule, { lastDueDate, now }) : NOTHING_DUE;
  const missed = plan.slots.filter((slot) => slot.kind === 'missed');
  if (missed.length > 0) await insertMissed(tx, campaign.id, { slots: missed, reason: 'cutOffPassed' });
  const runIds: string[] = [];
  for (const slot of plan.slots.filter(({ kind }) => kind === 'run')) {
    const runId = await startSlot(tx, campaign.id, slot);
    if (runId !== undefined) runIds.push(runId);
  }
  await setNextDueAt(tx, campaign, plan.nextDueAt);
  return { runIds, nextDueAt: plan.nextDueAt };
}

async function insertMissed(tx: Database, campaignId: string, { slots, reason }: { slots: DueSlot[]; reason: string }) {
  await tx.execute(
    `insert into campaign_slot (campaign_id, due_date, due_at, state, reason)
     select $1, due_date, due_at, 'missed', $4
     from unnest($2::date[], $3::timestamptz[]) as slot (due_date, due_at)
     on conflict do nothing`,
    [campaignId, slots.map((slot) => slot.dueDate), slots.map((slot) => slot.dueAt), reason],
  );
}

async function startSlot(tx: Database, campaignId: string, { dueDate, dueAt }: DueSlot): Promise<string | undefined> {
  const isOurs = await tx.execute(
    `insert into campaign_slot (campaign_id, due_date, due_at, state) values ($1, $2, $3, 'run') on conflict do nothing`,
    [campaignId, dueDate, dueAt],
  );
  if (isOurs === 0) return undefined;
  const runId = await startRun(tx, campaignId, dueAt);
  await tx.execute(
    `update campaign_slot set run_id = $3, state = $4, reason = $5 where campaign_id = $1 and due_date = $2`,
    [
      campaignId,
      dueDate,
      runId ?? null,
      runId === undefined ? 'skipped' : 'run',
      runId === undefined ? 'runActive' : null,
    ],
  );
  return runId;
}

async function startRun(tx: Database, campaignId: string, scheduledFor: Date): Promise<string | undefined> {
  const settings = { ...(await readRunSettings(tx, campaignId)), hasOverride: false };
  try {
    return await insertRun(tx, { settings, trigger: 'schedule', scheduledFor, requestId: null });
  } catch (error) {
    if (error instanceof Conflict && error.code === 'runActive') return undefined;
    throw error;
  }
}
