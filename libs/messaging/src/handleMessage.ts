import { codeOf, MusterError, PermanentFailure, TemporaryFailure, verdictOn } from '@muster/core/errors';
import { type Log } from '@muster/core/log';
import { type LeaseTimes } from '@muster/pipeline/holdLease';
import { type Hold, keepAlive, WorkerStopping } from '@muster/pipeline/keepAlive';
import { retryDelay } from '@muster/pipeline/retryDelay';
import {
  type ChargeOutcome,
  type Charge,
  type OutgoingText,
  type PaymentGateway,
  type TextGateway,
} from './gateways.ts';
import { type CompanyGateways, type Inbox, type MessageClaim, MessageLost, type TextOutcome } from './inbox.ts';

export interface MessageDeps {
  inbox: Inbox;
  texts: TextGateway;
  payments: PaymentGateway;
  log: Log;
  times: LeaseTimes;
}

/** For how long a text whose gateway is away is tried again, since its first failure: a charge of the day before surprises. */
const GIVE_UP_AFTER_MS = 24 * 3_600_000;

/**
 * Handles a text that came in: decides once what is done for it, charges, answers, settles. Each is written down before it is
 * done and after, and the gateways know each by a key: so it is charged once and answered once, whatever crashes. Throws only
 * where nothing could be recorded: then its lease runs out.
 */
export async function handleMessage(claim: MessageClaim, deps: MessageDeps, stop: AbortSignal): Promise<void> {
  const { messageGuid, companyId, attempt } = claim;
  const bound = { ...deps, log: deps.log.child({ messageGuid, companyId, attempt }) };
  const hold = holdMessage(claim, bound, stop);
  try {
    await handle(claim, bound, hold.signal);
    bound.log.info('message.settled');
  } catch (error) {
    await settleFailure(hold.signal.aborted ? hold.signal.reason : error, claim, bound);
  } finally {
    hold.end();
  }
}

async function handle(claim: MessageClaim, { inbox, ...outside }: MessageDeps, signal: AbortSignal) {
  const planned = await inbox.plan(claim);
  const gateways = planned.charge || planned.text ? await inbox.gatewaysOf(claim.companyId) : undefined;
  const { text } = planned.charge
    ? await inbox.noteCharge(claim, planned.charge, await charge(planned.charge, { gateways, ...outside }, signal))
    : planned;
  if (text) {
    const found = gateways ?? (await inbox.gatewaysOf(claim.companyId));
    await inbox.noteText(claim, text, await send(text, { gateways: found, ...outside }, signal));
  }
  await inbox.finish(claim);
}

type Outside = Pick<MessageDeps, 'texts' | 'payments'> & { gateways: CompanyGateways | undefined };

function charge(wanted: Charge, { gateways, payments }: Outside, signal: AbortSignal): Promise<ChargeOutcome> {
  if (gateways?.payment) return payments.charge(gateways.payment, wanted, signal);
  throw gatewayMissing('payment');
}

async function send(text: OutgoingText, { gateways, texts }: Outside, signal: AbortSignal): Promise<TextOutcome> {
  if (!gateways?.text) throw gatewayMissing('text');
  try {
    return { outcome: 'sent', ...(await texts.send(gateways.text, text, signal)) };
  } catch (error) {
    if (!(error instanceof PermanentFailure)) throw error;
    return { outcome: 'refused', code: error.code }; // what was charged stays charged: the text alone is not sent
  }
}

/** The company can mend it, and the text waits meanwhile. */
function gatewayMissing(channel: string) {
  const say = `the company has no gateway for this: set gateways.${channel} in its settings`;
  return new TemporaryFailure('gatewayNotSet', say);
}

function holdMessage(claim: MessageClaim, { inbox, times, log }: MessageDeps, stop: AbortSignal): Hold {
  const beat = async () => ((await inbox.renew(claim)) === 'lost' ? new MessageLost(claim) : undefined);
  return keepAlive({ beat, everyMs: times.heartbeatMs, log }, stop);
}

async function settleFailure(error: unknown, claim: MessageClaim, deps: MessageDeps): Promise<void> {
  try {
    await record(error, claim, deps);
  } catch (late) {
    if (!(late instanceof MessageLost)) throw late;
    deps.log.warn('message.lost');
  }
}

/** Writes down what comes of a failure. Throws MessageLost when that is no longer ours to say. */
async function record(error: unknown, claim: MessageClaim, { inbox, log }: MessageDeps): Promise<void> {
  if (error instanceof MessageLost) throw error;
  if (error instanceof WorkerStopping) return inbox.release(claim);
  const isOurs = error instanceof MusterError;
  const code = isOurs ? error.code : (codeOf(error) ?? 'unexpected');
  log[isOurs ? 'warn' : 'error']('message.failed', { code }, isOurs ? undefined : error);
  if (verdictOn(error) !== 'stop' && claim.failingForMs < GIVE_UP_AFTER_MS)
    return inbox.postpone(claim, retryDelay(claim.tries - 1));
  log.error('message.givenUp', { code });
  return inbox.giveUp(claim, {
    code,
    message: isOurs ? error.message : 'an unexpected error: the log of the worker says more',
  });
}
