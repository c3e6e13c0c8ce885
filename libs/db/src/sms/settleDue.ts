import { type Database } from '@muster/core/database';
import { type ChargeOutcome } from '@muster/messaging/gateways';
import { smsErrors } from '@muster/messaging/smsErrors';
import { type LockedDue } from './lockDueCharge.ts';
import { planReply } from './planReply.ts';
import { MOST_PURSUITS, pursueDue } from './pursueDue.ts';

type Refused = Extract<ChargeOutcome, { outcome: 'refused' }>;

/** What became of a charge, and who says so: our own limits refuse, too, before the gateway is asked. */
export type DueOutcome = (ChargeOutcome & { by: 'gateway' }) | (Refused & { by: 'limits'; message: string });

/**
 * Writes down what became of a due date's charge, and what follows, in the caller's transaction, which has it locked: a charged
 * one is told of; a refused one is pursued, or ends its subscription, or only this date (contract: sms-inbound, "Due dates").
 */
export async function settleDue(tx: Database, due: LockedDue, outcome: DueOutcome): Promise<void> {
  const isCharged = outcome.outcome === 'charged';
  await note(tx, due, {
    state: outcome.outcome,
    ...{ gatewayId: isCharged ? outcome.gatewayId : null, code: isCharged ? null : outcome.code },
  });
  if (!isCharged) return refuse(tx, due, outcome);
  await update(tx, due, { set: 'error_code = null, error_description = null, pursued = 0' });
  const { keyword, campaign } = due;
  await planReply(tx, due, { kind: 'notice', keyword: { keyword, campaign, idleText: null }, chargeGuid: due.guid });
}

/** Gives up a due date's charge: refused if the gateway was never asked, else nobody knows. The next date comes as usual. */
export async function giveUpDue(tx: Database, due: LockedDue, { code, message }: { code: string; message: string }) {
  await note(tx, due, { state: due.wasAsked ? 'unknown' : 'refused', gatewayId: null, code });
  await endPursuit(tx, due, { code, message: `the charge of ${due.dueDate} was given up: ${message}` });
}

async function refuse(tx: Database, due: LockedDue, outcome: Extract<DueOutcome, { outcome: 'refused' }>) {
  const { fields } = due.campaign;
  const { methodLost } = outcome;
  const error = errorOf(due, outcome);
  if (methodLost && !fields.paymentRequired) return deactivate(tx, due, error);
  const isPursued = fields.paymentRequired && outcome.by === 'gateway';
  if (isPursued && due.pursuit < MOST_PURSUITS) return pursueDue(tx, due, error);
  return methodLost ? cancel(tx, due, error) : endPursuit(tx, due, error);
}

interface SubscriptionError {
  code: string;
  message: string;
}

function errorOf({ dueDate }: LockedDue, outcome: Extract<DueOutcome, { outcome: 'refused' }>): SubscriptionError {
  if (outcome.by === 'limits') return { code: outcome.code, message: outcome.message };
  const because = outcome.methodLost ? 'the number has lost its means to pay' : `the gateway says ${outcome.code}`;
  return { code: smsErrors.paymentRefused.code, message: `the charge of ${dueDate} was refused: ${because}` };
}

interface Noted {
  state: 'charged' | 'refused' | 'unknown';
  gatewayId: string | null;
  code: string | null;
}

async function note(tx: Database, { guid }: LockedDue, { state, gatewayId, code }: Noted) {
  await tx.execute(
    `update sms_charge set state = $2, gateway_id = $3, refusal_code = $4, settled_at = $5, held = false where guid = $1`,
    [guid, state, gatewayId, code, await tx.now()],
  );
}

// What a subscription has become meanwhile, it stays: only one that goes on is changed.
async function update(tx: Database, due: LockedDue, { set, values = [] }: { set: string; values?: unknown[] }) {
  await tx.execute(`update sms_subscription set ${set} where guid = $1 and state = 'Active'`, [
    due.subscriptionGuid,
    ...values,
  ]);
}

function endPursuit(tx: Database, due: LockedDue, { code, message }: SubscriptionError) {
  return update(tx, due, {
    set: 'error_code = $2, error_description = $3, pursued = 0',
    values: [code, message],
  });
}

function deactivate(tx: Database, due: LockedDue, { code, message }: SubscriptionError) {
  const set = `state = 'Inactive', error_code = $2, error_description = $3, pursued = 0, next_due_date = null, next_due_at = null`;
  return update(tx, due, { set, values: [code, message] });
}

function cancel(tx: Database, due: LockedDue, { code, message }: SubscriptionError) {
  const set = `state = 'Cancelled', error_code = $2, error_description = $3, pursued = 0, next_due_date = null,
    next_due_at = null, cancelled_at = clock_timestamp(), cancel_code = $4, cancel_description = $5`;
  const description = `the charge of ${due.dueDate} was refused ${MOST_PURSUITS + 1} times: the number has lost its means to pay`;
  return update(tx, due, { set, values: [code, message, smsErrors.paymentMethodLost.code, description] });
}
