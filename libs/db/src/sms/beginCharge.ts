import { type Database } from '@muster/core/database';
import { type MessagePlan } from '@muster/messaging/inbox';
import { readKeyword } from '@muster/messaging/readKeyword';
import { type LockedMessage } from './deciding.ts';
import { type Left } from './leftOf.ts';
import { refuseUnasked } from './settleCharge.ts';

/**
 * Notes that the charge of a text is asked for from now on, in the caller's transaction. One that nobody was asked for yet, for want
 * of a gateway, and whose subscription or campaign has ended meanwhile, is refused instead.
 */
export async function beginCharge(tx: Database, message: LockedMessage, left: Left): Promise<MessagePlan> {
  const { goesOn, ...plan } = left;
  const { charge, wasAsked } = plan;
  if (!charge || wasAsked) return plan;
  const hasWaited = message.isDecided;
  if (goesOn && !(hasWaited && (await asksToStop(tx, message)))) {
    await tx.execute('update sms_charge set asked_at = clock_timestamp() where guid = $1', [charge.key]);
    return plan;
  }
  await refuseUnasked(tx, charge.key, 'endedMeanwhile');
  return { ...plan, charge: null };
}

/** Whether a later text of the number asks to stop what this one asks for: it waits behind this one, and counts at once. */
async function asksToStop(tx: Database, { guid, companyId, msisdn, text }: LockedMessage): Promise<boolean> {
  const waiting = await tx.query<{ text: string }>(
    `select received_text as text from sms_message where company_id = $1 and msisdn = $2 and processed_at is null
       and number > (select number from sms_message where guid = $3)`,
    [companyId, msisdn, guid],
  );
  const { first } = readKeyword(text);
  return waiting.some((later) => ['', first].includes(readKeyword(later.text).stop?.keyword ?? ' '));
}
