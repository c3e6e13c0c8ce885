import { type CalendarDate } from '@muster/core/calendarDate';
import { NotFound } from '@muster/core/errors';
import { type CompanyDatabase } from './openDatabase.ts';
import { type Page, type PageRequest } from './pages.ts';

export const slotStates = ['run', 'missed', 'skipped'] as const;

/** A date on which a campaign was due, and what came of it. */
export interface SlotView {
  /** Of the campaign's id and the date: `SL-7GK2PX4M-20260308`. */
  id: string;
  campaignId: string;
  dueDate: CalendarDate;
  dueAt: Date;
  state: (typeof slotStates)[number];
  reason: string | null;
  runId: string | null;
  createdAt: Date;
}

const COLUMNS = `'SL-' || replace(substr(campaign_id, 4), '-', '') || '-' || to_char(due_date, 'YYYYMMDD') as id,
  campaign_id as "campaignId", due_date::text as "dueDate", due_at as "dueAt", state, reason, run_id as "runId",
  created_at as "createdAt"`;

/**
 * A page of a campaign's slots, the newest date first, read by the key of the table: campaign and date. The campaign must be
 * the company's. Throws NotFound `cursorNotFound`.
 */
export async function listSlots(db: CompanyDatabase, campaignId: string, page: PageRequest): Promise<Page<SlotView>> {
  const backwards = page.endingBefore !== undefined;
  const cursor = page.endingBefore ?? page.startingAfter;
  const from = cursor === undefined ? undefined : await dateOf(db, { campaignId, cursor, backwards });
  const found = await readBeyond(db, { campaignId, from, backwards, limit: page.limit + 1 });
  const rows = found.slice(0, page.limit);
  if (backwards) rows.reverse();
  const edge = backwards ? rows.at(-1) : rows[0];
  const more = found.length > page.limit;
  const behind =
    from !== undefined &&
    edge !== undefined &&
    (await readBeyond(db, { campaignId, from: edge.dueDate, backwards: !backwards, limit: 1 })).length > 0;
  return {
    rows,
    total: await count(db, campaignId), // one a day at most: never too many to count
    totalIsEstimate: false,
    hasNext: backwards ? behind : more,
    hasPrevious: backwards ? more : behind,
  };
}

async function dateOf(
  db: CompanyDatabase,
  { campaignId, cursor, backwards }: { campaignId: string; cursor: string; backwards: boolean },
): Promise<CalendarDate> {
  const [, year, month, day] = /^SL-[A-Z0-9]+-(\d{4})(\d\d)(\d\d)$/.exec(cursor) ?? [];
  const date = year === undefined ? undefined : `${year}-${month ?? ''}-${day ?? ''}`;
  const [row] = date === undefined ? [] : await readAt(db, campaignId, date);
  if (row?.id === cursor) return row.dueDate;
  const field = backwards ? 'endingBefore' : 'startingAfter';
  throw new NotFound('cursorNotFound', `${field} names no object of this list`, { details: { field } });
}

// As text, since a cursor may hold what is no date.
function readAt(db: CompanyDatabase, campaignId: string, date: string) {
  return db.query<SlotView>(`select ${COLUMNS} from campaign_slot where campaign_id = $1 and due_date::text = $2`, [
    campaignId,
    date,
  ]);
}

interface Beyond {
  campaignId: string;
  from: CalendarDate | undefined;
  backwards: boolean;
  limit: number;
}

function readBeyond(db: CompanyDatabase, { campaignId, from, backwards, limit }: Beyond): Promise<SlotView[]> {
  const beyond = from === undefined ? '' : `and due_date ${backwards ? '>' : '<'} $3`;
  return db.query<SlotView>(
    `select ${COLUMNS} from campaign_slot where campaign_id = $1 ${beyond}
     order by due_date ${backwards ? 'asc' : 'desc'} limit $2`,
    [campaignId, limit, ...(from === undefined ? [] : [from])],
  );
}

async function count(db: CompanyDatabase, campaignId: string) {
  const [row] = await db.query<{ count: number }>(
    'select count(*)::int as count from campaign_slot where campaign_id = $1',
    [campaignId],
  );
  return row?.count ?? 0;
}
