import { setImmediate } from 'node:timers/promises';
import { type Database } from '@muster/core/database';
import { planSlots, type Schedule, type Slot, slotsAfter, slotsMovedIntoPast } from '@muster/core/dueSlots';
import { lockCampaigns, readScheduledCampaign, readScheduledCampaigns, type ScheduledCampaign } from './schedules.ts';
import { recordAllSlots } from './slots.ts';

/** A company may have 100,000 campaigns: they are read and written in sets of so many. */
const SET = 10_000;
/** After so many the API answers others first. */
const TURN = 250;

/** Sets the schedule of a campaign that was just inserted: due from now on. Call it in the inserting transaction. */
export async function startSchedule(tx: Database, campaignId: string): Promise<void> {
  const campaign = await readScheduledCampaign(tx, campaignId);
  if (campaign?.schedule) await setSchedules(tx, [{ campaign, old: undefined }], await tx.now());
}

/**
 * Carries out `change`, which may alter a campaign's schedule or delete it, or its company's window, cut-off or zone,
 * inside the caller's transaction: what was due before is recorded first, and a slot that the change moves into the
 * past is recorded as skipped. A change that changes nothing about when the campaigns are due leaves them as they are.
 */
export async function rescheduleCampaigns<Result>(
  tx: Database,
  campaignIds: readonly string[],
  change: () => Promise<Result>,
): Promise<Result> {
  await lockCampaigns(tx, campaignIds);
  const old = new Map<string, Schedule | undefined>();
  for (const ids of setsOf(campaignIds)) {
    const now = await tx.now();
    const campaigns = await readScheduledCampaigns(tx, ids);
    for await (const campaign of inTurns(campaigns)) {
      if (owes(campaign, now)) await recordAllSlots(tx, campaign.id);
      old.set(campaign.id, campaign.schedule);
    }
  }
  const result = await change();
  const setAt = await tx.now();
  for (const ids of setsOf(campaignIds)) {
    const campaigns = await readScheduledCampaigns(tx, ids);
    const changed = campaigns.filter(({ id, schedule }) => ruleOf(schedule) !== ruleOf(old.get(id)));
    await setSchedules(
      tx,
      changed.map((campaign) => ({ campaign, old: old.get(campaign.id) })),
      setAt,
    );
  }
  return result;
}

function* setsOf(ids: readonly string[]): Generator<string[]> {
  for (let from = 0; from < ids.length; from += SET) yield ids.slice(from, from + SET);
}

async function* inTurns<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  for (const [at, item] of items.entries()) {
    if (at % TURN === TURN - 1) await setImmediate();
    yield item;
  }
}

/** Whether a campaign has slots that are not on record. */
function owes({ schedule, lastDueDate }: ScheduledCampaign, now: Date): boolean {
  return schedule !== undefined && planSlots(schedule, { lastDueDate, now }).slots.length > 0;
}

interface ChangedCampaign {
  campaign: ScheduledCampaign;
  old: Schedule | undefined;
}

interface Placed {
  id: string;
  nextDueAt: Date | undefined;
  /** Slots that the change has moved into the past. */
  moved: Slot[];
}

async function setSchedules(tx: Database, changed: readonly ChangedCampaign[], setAt: Date) {
  if (changed.length === 0) return;
  const placed: Placed[] = [];
  for await (const one of inTurns(changed)) placed.push(place(one, setAt));
  const skipped = placed.flatMap(({ id, moved }) => moved.map((slot) => ({ id, ...slot })));
  await tx.execute(
    `insert into campaign_slot (campaign_id, due_date, due_at, state, reason)
     select campaign_id, due_date, due_at, 'skipped', 'rescheduled'
     from unnest($1::text[], $2::date[], $3::timestamptz[]) as slot (campaign_id, due_date, due_at)
     on conflict do nothing`,
    [skipped.map(({ id }) => id), skipped.map(({ dueDate }) => dueDate), skipped.map(({ dueAt }) => dueAt)],
  );
  // updated_at, too: by it the schedulers see that there is something to follow
  await tx.execute(
    `update campaign set schedule_set_at = $3, updated_at = greatest(updated_at, clock_timestamp()), next_due_at = placed.at
     from unnest($1::text[], $2::timestamptz[]) as placed (id, at) where campaign.id = placed.id`,
    [placed.map(({ id }) => id), placed.map(({ nextDueAt }) => nextDueAt ?? null), setAt],
  );
}

/** When a campaign is due next, by the schedule that it was given at `setAt`. */
function place({ campaign, old }: ChangedCampaign, setAt: Date): Placed {
  const { id, lastDueDate } = campaign;
  if (!campaign.schedule) return { id, nextDueAt: undefined, moved: [] };
  const schedule = { ...campaign.schedule, setAt };
  const moved = old ? slotsMovedIntoPast(old, schedule, lastDueDate) : [];
  const [next] = slotsAfter(schedule, moved.at(-1)?.dueDate ?? lastDueDate);
  return { id, nextDueAt: next?.dueAt, moved };
}

// The cut-off is no part of it: to move it changes until when a slot may run, and not when it is due.
function ruleOf(schedule: Schedule | undefined): string {
  if (!schedule) return '';
  const { crontab, window, timeZone } = schedule;
  return [crontab.text, window.from, window.to, timeZone].join(' ');
}
