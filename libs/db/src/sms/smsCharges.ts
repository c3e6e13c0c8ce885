import { type CalendarDate } from '@muster/core/calendarDate';
import { Conflict, NotFound } from '@muster/core/errors';
import { type CompanyDatabase } from '../openDatabase.ts';
import { type NumberedPage, readNumberedPage } from './numberedPages.ts';
import { type Finding, settleByHand } from './settleCharge.ts';

export const chargeStates = ['wanted', 'charged', 'refused', 'unknown'] as const;
export type ChargeState = (typeof chargeStates)[number];

/** What a number was charged, or should have been. */
export interface ChargeRow {
  chargeGuid: string;
  createdAt: Date;
  /** `unknown`: the gateway was asked, and nobody knows what came of it. */
  state: ChargeState;
  campaignGuid: string;
  /** The text that has asked for it; null: a due date has. */
  messageGuid: string | null;
  subscriptionGuid: string | null;
  dueDate: CalendarDate | null;
  channel: string;
  msisdn: string;
  amountTotal: number;
  currencyCode: string;
  /** The gateway's own id of it. */
  gatewayId: string | null;
  refusalCode: string | null;
  settledAt: Date | null;
  /** The key of who has said what became of it; null: the gateway has, or we have. */
  settledBy: string | null;
}

const COLUMNS = `guid as "chargeGuid", created_at as "createdAt", state, campaign_guid as "campaignGuid",
  message_guid as "messageGuid", subscription_guid as "subscriptionGuid", due_date::text as "dueDate", channel, msisdn,
  amount_total / 100.0::float8 as "amountTotal", currency_code as "currencyCode", gateway_id as "gatewayId",
  refusal_code as "refusalCode", settled_at as "settledAt", settled_by as "settledBy"`;

/** A page of the company's charges, newest first; those of a state only, where one is named. */
export function listCharges(db: CompanyDatabase, page: NumberedPage, state?: ChargeState): Promise<ChargeRow[]> {
  const inState = state === undefined ? {} : { where: 'state = $2', parameters: [state] };
  return readNumberedPage<ChargeRow>(db, { table: 'sms_charge', columns: COLUMNS, ...inState }, page);
}

/** Reads a charge. Throws NotFound `chargeNotFound`. */
export async function getCharge(db: CompanyDatabase, guid: string): Promise<ChargeRow> {
  const [row] = await db.query<ChargeRow>(`select ${COLUMNS} from sms_charge where company_id = $1 and guid = $2`, [
    db.companyId,
    guid,
  ]);
  if (!row) throw new NotFound('chargeNotFound', `there is no charge ${guid}`);
  return row;
}

/**
 * Takes a person's word for what became of a charge of which nobody knew, in the caller's transaction: a subscription that waits
 * for it begins, or does not. Nobody is told by text, so late. Again, with the same word: as it is. Throws NotFound
 * `chargeNotFound`, Conflict `chargeNotUnknown`.
 */
export async function settleUnknownCharge(
  tx: CompanyDatabase,
  guid: string,
  { outcome, by }: Finding,
): Promise<ChargeRow> {
  await tx.query('select from sms_charge where company_id = $1 and guid = $2 for update', [tx.companyId, guid]);
  const { state } = await getCharge(tx, guid);
  if (state === outcome) return getCharge(tx, guid);
  if (state !== 'unknown')
    throw new Conflict('chargeNotUnknown', `the charge is ${state}: only an unknown one is settled by hand`);
  await settleByHand(tx, guid, { outcome, by });
  return getCharge(tx, guid);
}
