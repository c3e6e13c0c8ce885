import { PermanentFailure } from '@muster/core/errors';
import { type Log } from '@muster/core/log';
import { type LeaseTimes } from '@muster/pipeline/holdLease';
import { askForCharge } from './askForCharge.ts';
import { askTextGateway } from './askTextGateway.ts';
import { carryOut } from './carryOut.ts';
import { type Charge, type ChargeOutcome, type PaymentGateway, type TextGateway } from './gateways.ts';
import { type Inbox, type MessageClaim, MessageLost } from './inbox.ts';

export interface MessageDeps {
  inbox: Inbox;
  texts: TextGateway;
  payments: PaymentGateway;
  log: Log;
  times: LeaseTimes;
}

/**
 * Handles a text that came in: decides once what is done for it, charges, answers, settles. Each is written down before it is
 * done and after, and the gateways know each by a key: so it is charged once and answered once, whatever crashes. Throws only
 * where nothing could be recorded: then its lease runs out.
 */
export async function handleMessage(claim: MessageClaim, deps: MessageDeps, stop: AbortSignal): Promise<void> {
  const { messageGuid, companyId, attempt, tries, failingForMs } = claim;
  const { inbox, times } = deps;
  const log = deps.log.child({ messageGuid, companyId, attempt });
  const work = {
    ...{ name: 'message' as const, tries, failingForMs },
    perform: (signal: AbortSignal) => handle(claim, deps, signal),
    renew: async () => ((await inbox.renew(claim)) === 'lost' ? new MessageLost(claim) : undefined),
    postpone: (delayMs: number) => inbox.postpone(claim, delayMs),
    giveUp: (error: { code: string; message: string }) => inbox.giveUp(claim, error),
    release: () => inbox.release(claim),
    takeCrashBack: () => inbox.takeCrashBack(claim),
  };
  await carryOut(work, { log, times }, stop);
}

async function handle(claim: MessageClaim, { inbox, ...outside }: MessageDeps, signal: AbortSignal) {
  const planned = await inbox.plan(claim);
  const gateways = planned.charge || planned.text ? await inbox.gatewaysOf(claim.companyId) : undefined;
  const { text } = planned.charge
    ? await inbox.noteCharge(
        claim,
        planned.charge,
        await charge(claim, planned.charge, (wanted) => askForCharge(wanted, { gateways, ...outside }, signal)),
      )
    : planned;
  if (!text) return inbox.finish(claim);
  // one that is refused takes nothing back: what was charged stays charged
  const outcome = await askTextGateway(text, { gateways, ...outside }, signal);
  await inbox.finish(claim, { text, outcome });
}

/**
 * A gateway that does not understand the first that it is asked has charged nothing: so it is refused. Where an earlier attempt may
 * have asked it, also one that a stopping worker gave back uncounted, nobody knows.
 */
async function charge(
  { attempt }: MessageClaim,
  wanted: Charge,
  ask: (wanted: Charge) => Promise<ChargeOutcome>,
): Promise<ChargeOutcome> {
  try {
    return await ask(wanted);
  } catch (error) {
    if (attempt > 1 || !(error instanceof PermanentFailure) || error.code !== 'chargeNotUnderstood') throw error;
    return { outcome: 'refused', code: error.code, methodLost: false };
  }
}
