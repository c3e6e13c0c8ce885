import { type CalendarDate } from '@muster/core/calendarDate';
import { NotFound } from '@muster/core/errors';
import { type CompanyDatabase } from '../openDatabase.ts';
import { cancelSubscription, OPEN_STATES } from './cancelSubscription.ts';
import { type NumberedPage, readNumberedPage } from './numberedPages.ts';

export const subscriptionStates = ['Pending', 'Active', 'Inactive', 'OnHold', 'Cancelled', 'Expired'] as const;
export type SubscriptionState = (typeof subscriptionStates)[number];

/** What a number has signed up to. */
export interface SubscriptionRow {
  subscriptionGuid: string;
  contactGuid: string;
  agreementGuid: string;
  state: SubscriptionState;
  paymentMethodType: string;
  startDate: CalendarDate;
  expiresAfterDate: CalendarDate | null;
  cancelledAt: Date | null;
  cancelCode: string | null;
  cancelDescription: string | null;
  quantity: number;
  errorCode: string | null;
  errorDescription: string | null;
  nextDueDate: CalendarDate | null;
  externalId: string | null;
}

const COLUMNS = `guid as "subscriptionGuid", contact_guid as "contactGuid", agreement_guid as "agreementGuid", state,
  payment_method_type as "paymentMethodType", start_date::text as "startDate", expires_after_date::text as "expiresAfterDate",
  cancelled_at as "cancelledAt", cancel_code as "cancelCode", cancel_description as "cancelDescription", quantity,
  error_code as "errorCode", error_description as "errorDescription", next_due_date::text as "nextDueDate",
  external_id as "externalId"`;
const BY_API = { code: 'API', description: 'the organisation has cancelled it over the API' };

/** A page of the company's subscriptions, newest first; those of a state only, where one is named. */
export function listSubscriptions(db: CompanyDatabase, page: NumberedPage, state?: SubscriptionState) {
  const inState = state === undefined ? {} : { where: 'state = $2', parameters: [state] };
  return readNumberedPage<SubscriptionRow>(db, { table: 'sms_subscription', columns: COLUMNS, ...inState }, page);
}

/** Reads a subscription. Throws NotFound `subscriptionNotFound`. */
export async function getSubscription(db: CompanyDatabase, guid: string): Promise<SubscriptionRow> {
  const [row] = await db.query<SubscriptionRow>(
    `select ${COLUMNS} from sms_subscription where company_id = $1 and guid = $2`,
    [db.companyId, guid],
  );
  if (!row) throw new NotFound('subscriptionNotFound', `there is no subscription ${guid}`);
  return row;
}

/**
 * Cancels a subscription for its organisation, in the caller's transaction; no text is sent. One that is over stays as it is.
 * Throws NotFound `subscriptionNotFound`.
 */
export async function cancelSubscriptionByApi(db: CompanyDatabase, guid: string): Promise<SubscriptionRow> {
  const [open] = await db.query(
    `select from sms_subscription where company_id = $1 and guid = $2 and state in ${OPEN_STATES} for update`,
    [db.companyId, guid],
  );
  if (open) await cancelSubscription(db, guid, BY_API);
  return getSubscription(db, guid);
}
