import { type CalendarDate } from '@muster/core/calendarDate';
import { NotFound } from '@muster/core/errors';
import { parseReference } from '@muster/core/reference';
import { type CompanyDatabase } from './openDatabase.ts';
import { type Page, type PageRequest, readPage } from './pages.ts';

export const alertKinds = [
  'run.parked',
  'run.failed',
  'delivery.unknown',
  'slot.missed',
  'charge.unknown',
  'message.givenUp',
] as const;
export type AlertKind = (typeof alertKinds)[number];

/** How far an alert has come on its way to the company's webhook. */
export const webhookStates = ['none', 'pending', 'delivered', 'dead'] as const;

export const alertStatuses = ['open', 'resolved'] as const;
export type AlertStatus = (typeof alertStatuses)[number];

/** Something that a person must hear of. The tables themselves raise and close it (migrations `alerts`, `text_alerts`). */
export interface AlertRow {
  id: string;
  kind: AlertKind;
  /** Of texts and charges the guid of theirs; null: they have none. */
  campaignId: string | null;
  /** What it is called now; null where it has no name. */
  campaignName: string | null;
  runId: string | null;
  file: string | null;
  slots: number | null;
  dueDate: CalendarDate | null;
  code: string;
  message: string;
  createdAt: Date;
  resolvedAt: Date | null;
  /** The id of the credential that closed it, and why; null where its cause is gone, or it is open. */
  resolvedBy: string | null;
  note: string | null;
  webhook: (typeof webhookStates)[number];
  tries: number;
  nextTryAt: Date | null;
  deliveredAt: Date | null;
  lastError: string | null;
}

/** The columns of an alert, of the table called `item`. */
export const alertColumns = `item.id, item.kind, item.campaign_id as "campaignId",
  alert_campaign_name(item.campaign_id) as "campaignName", item.run_id as "runId", item.file, item.slots,
  item.due_date::text as "dueDate", item.code, item.message, item.created_at as "createdAt",
  item.resolved_at as "resolvedAt", item.resolved_by as "resolvedBy", item.note,
  item.webhook, item.tries, item.next_try_at as "nextTryAt",
  item.delivered_at as "deliveredAt", item.last_error as "lastError"`;

/** Reads an alert; with `lock`, kept from other changes for the rest of the transaction. Throws NotFound `alertNotFound`. */
export async function getAlert(db: CompanyDatabase, alertId: string, { lock = false } = {}): Promise<AlertRow> {
  const wanted = parseReference(alertId);
  const [row] =
    wanted && 'id' in wanted
      ? await db.query<AlertRow>(
          `select ${alertColumns} from alert item where item.id = $1 and item.company_id = $2 ${lock ? 'for update' : ''}`,
          [wanted.id, db.companyId],
        )
      : [];
  if (!row) throw new NotFound('alertNotFound', 'there is no such alert');
  return row;
}

const conditions: Record<AlertStatus, string> = {
  open: 'item.resolved_at is null',
  resolved: 'item.resolved_at is not null',
};

/** A page of the company's alerts, newest first. Throws NotFound `cursorNotFound`. */
export function listAlerts(
  db: CompanyDatabase,
  { status, kind }: { status?: AlertStatus | undefined; kind?: AlertKind | undefined },
  page: PageRequest,
): Promise<Page<AlertRow>> {
  const filters = [...(status ? [conditions[status]] : []), ...(kind ? ['item.kind = $2'] : [])];
  const listing = {
    table: 'alert',
    columns: alertColumns,
    hasExternalIds: false,
    scope: { sql: 'item.company_id = $1', parameters: [db.companyId] },
    filter: { sql: filters.join(' and ') || 'true', parameters: kind ? [kind] : [] },
  };
  return readPage<AlertRow>(db, listing, page);
}
