import { PermanentFailure } from '@muster/core/errors';
import { type Log } from '@muster/core/log';
import { type LeaseTimes } from '@muster/pipeline/holdLease';
import { askForCharge } from './askForCharge.ts';
import { askTextGateway } from './askTextGateway.ts';
import { carryOut } from './carryOut.ts';
import { type Charge, type PaymentGateway, type TextGateway } from './gateways.ts';
import { type Inbox, type MessageClaim, MessageLost } from './inbox.ts';
import { isUnasked } from './isUnasked.ts';

const NOT_UNDERSTOOD = 'chargeNotUnderstood';

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

async function handle(claim: MessageClaim, deps: MessageDeps, signal: AbortSignal) {
  const { inbox, texts } = deps;
  const planned = await inbox.plan(claim);
  const { charge, wasAsked } = planned;
  const { text } = charge ? await makeCharge({ claim, charge, wasAsked }, deps, signal) : planned;
  if (!text) return inbox.finish(claim);
  // one that is refused takes nothing back: what was charged stays charged
  const gateways = await inbox.gatewaysOf(claim.companyId);
  await inbox.finish(claim, { text, outcome: await askTextGateway(text, { gateways, texts }, signal) });
}

interface Wanted {
  claim: MessageClaim;
  charge: Charge;
  wasAsked: boolean;
}

/** Asks for a charge, and writes down what became of it; gives what is left to be done. Throws where that is not known yet. */
async function makeCharge({ claim, charge, wasAsked }: Wanted, { inbox, payments }: MessageDeps, signal: AbortSignal) {
  try {
    const gateways = await inbox.gatewaysOf(claim.companyId);
    return await inbox.noteCharge(claim, charge, await askForCharge(charge, { gateways, payments }, signal));
  } catch (error) {
    if (wasAsked) throw error; // whatever it says of this attempt, an earlier one may have had it made
    if (isUnasked(error)) await inbox.noteUnasked(claim, charge);
    if (!(error instanceof PermanentFailure) || error.code !== NOT_UNDERSTOOD) throw error;
    // a gateway that does not understand the first that it is asked has charged nothing
    return inbox.noteCharge(claim, charge, { outcome: 'refused', code: NOT_UNDERSTOOD, methodLost: false });
  }
}
