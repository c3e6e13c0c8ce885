import { type Database } from '@muster/core/database';

/** In which a subscription is over neither by itself nor by anybody's word. */
export const OPEN_STATES = `('Pending', 'Active', 'OnHold', 'Inactive')`;

interface Cancellation {
  /** Who has cancelled it: `STOP`, `API`. */
  code: string;
  description: string;
}

/**
 * Cancels a subscription that the caller's transaction has locked: it is due no more, and what was to be charged for a due date
 * and the gateway was never asked for is not asked for any more. One that it was asked for may have been made: it is left to whoever
 * asks, so that what is written down is what has happened. So is one that a text asked for: whoever handles the text looks again
 * before the gateway is asked.
 */
export async function cancelSubscription(tx: Database, guid: string, { code, description }: Cancellation) {
  await tx.execute(
    `update sms_subscription set state = 'Cancelled', cancelled_at = clock_timestamp(), cancel_code = $2,
       cancel_description = $3, next_due_date = null, next_due_at = null where guid = $1`,
    [guid, code, description],
  );
  await tx.execute(
    `update sms_charge set state = 'refused', refusal_code = $2, settled_at = clock_timestamp()
     where subscription_guid = $1 and state = 'wanted' and message_guid is null and asked_at is null`,
    [guid, code],
  );
}
