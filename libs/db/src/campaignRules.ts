import { type Database } from '@muster/core/database';

/** When a campaign is due, as stored: what the queue's schedules are made of. */
export interface CampaignRule {
  campaignId: string;
  /** The Peachy crontab; null: by hand only, or deleted. */
  schedule: string | null;
  window: { from: string; to: string };
  timeZone: string;
  /** Nobody has worked out when it is due next: it was written past the API. */
  isUnplanned: boolean;
}

const PAGE = 1_000;

const RULE = `
  select campaign.id as "campaignId", case when deleted_at is null then schedule end as schedule,
    jsonb_build_object('from', dispatch_from, 'to', dispatch_to) as window, time_zone as "timeZone",
    schedule is not null and deleted_at is null and next_due_at is null as "isUnplanned"
  from campaign join company on company.id = company_id`;

/** All campaigns that have a schedule, in pages. */
export async function* scheduledRules(db: Database): AsyncGenerator<CampaignRule[]> {
  for (let after = ''; ;) {
    const rules = await db.query<CampaignRule>(
      `${RULE} where campaign.id > $1 and schedule is not null and deleted_at is null order by campaign.id limit ${PAGE}`,
      [after],
    );
    const last = rules.at(-1);
    if (!last) return;
    yield rules;
    after = last.campaignId;
  }
}

/** The campaigns changed since then, with or without a schedule by now, in pages. One that changes meanwhile may come twice. */
export async function* changedRules(db: Database, since: Date): AsyncGenerator<CampaignRule[]> {
  for (let [at, id] = [since.toISOString(), '']; ;) {
    const rules = await db.query<CampaignRule & { at: string }>(
      `${RULE.replace('select', 'select campaign.updated_at::text as at,')}
        where (campaign.updated_at, campaign.id) > ($1, $2) order by campaign.updated_at, campaign.id limit ${PAGE}`,
      [at, id],
    );
    const last = rules.at(-1);
    if (!last) return;
    yield rules;
    [at, id] = [last.at, last.campaignId];
  }
}

/** Which of these are campaigns that have a schedule. */
export async function scheduledAmong(db: Database, campaignIds: readonly string[]): Promise<Set<string>> {
  const found = await db.query<{ id: string }>(
    'select id from campaign where id = any($1) and schedule is not null and deleted_at is null',
    [campaignIds],
  );
  return new Set(found.map(({ id }) => id));
}
