import { type Database } from '@muster/core/database';
import { type Schedule, type Slot, slotsAfter, slotsMovedIntoPast } from '@muster/core/dueSlots';
import { lockCampaign, readScheduledCampaign, type ScheduledCampaign, setNextDueAt } from './schedules.ts';
import { recordAllSlots } from './slots.ts';

/** Sets the schedule of a campaign that was just inserted: due from now on. Call it in the inserting transaction. */
export async function startSchedule(tx: Database, campaignId: string): Promise<void> {
  const campaign = await readScheduledCampaign(tx, campaignId);
  if (campaign?.schedule) await setSchedule(tx, campaign, { setAt: await tx.now(), old: undefined });
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
  const old = new Map<string, Schedule | undefined>();
  for (const id of [...campaignIds].sort()) {
    // always in one order: two changes at once cannot wait for each other
    await lockCampaign(tx, id);
    await recordAllSlots(tx, id);
    old.set(id, (await readScheduledCampaign(tx, id))?.schedule);
  }
  const result = await change();
  const setAt = await tx.now();
  for (const [id, before] of old) {
    const campaign = await readScheduledCampaign(tx, id);
    if (campaign && ruleOf(campaign.schedule) !== ruleOf(before))
      await setSchedule(tx, campaign, { setAt, old: before });
  }
  return result;
}

async function setSchedule(
  tx: Database,
  campaign: ScheduledCampaign,
  { setAt, old }: { setAt: Date; old: Schedule | undefined },
) {
  // updated_at, too: by it the schedulers see that there is something to follow
  await tx.execute(
    'update campaign set schedule_set_at = $2, updated_at = greatest(updated_at, clock_timestamp()) where id = $1',
    [campaign.id, setAt],
  );
  if (!campaign.schedule) {
    await setNextDueAt(tx, campaign, undefined);
    return;
  }
  const schedule = { ...campaign.schedule, setAt };
  const moved = old ? slotsMovedIntoPast(old, schedule, campaign.lastDueDate) : [];
  for (const slot of moved) await insertSkipped(tx, campaign.id, slot);
  const lastDueDate = moved.at(-1)?.dueDate ?? campaign.lastDueDate;
  const [next] = slotsAfter(schedule, lastDueDate);
  await setNextDueAt(tx, campaign, next?.dueAt);
}

async function insertSkipped(tx: Database, campaignId: string, { dueDate, dueAt }: Slot) {
  await tx.execute(
    `insert into campaign_slot (campaign_id, due_date, due_at, state, reason)
     values ($1, $2, $3, 'skipped', 'rescheduled') on conflict do nothing`,
    [campaignId, dueDate, dueAt],
  );
}

// The cut-off is no part of it: to move it changes until when a slot may run, and not when it is due.
function ruleOf(schedule: Schedule | undefined): string {
  if (!schedule) return '';
  const { crontab, window, timeZone } = schedule;
  return [crontab.text, window.from, window.to, timeZone].join(' ');
}
