import { type Log } from '@muster/core/log';
import { type LeaseTimes } from '@muster/pipeline/holdLease';
import { askForCharge } from './askForCharge.ts';
import { carryOut } from './carryOut.ts';
import { ChargeLost, type DueCharges, type DueClaim } from './dueCharges.ts';
import { gatewayMissing } from './gatewayMissing.ts';
import { type PaymentGateway } from './gateways.ts';
import { isUnasked } from './isUnasked.ts';

export interface DueDeps {
  charges: DueCharges;
  payments: PaymentGateway;
  log: Log;
  times: LeaseTimes;
}

const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 3_600_000; // nobody waits for it, and thousands may be due beside it

/**
 * Makes a charge that a due date asks for: looks whether it is still to be made, asks the gateway by the charge's own key,
 * writes down what came of it. So it is made once, whatever crashes. Throws only where nothing could be recorded: then its
 * lease runs out.
 */
export async function chargeDue(claim: DueClaim, deps: DueDeps, stop: AbortSignal): Promise<void> {
  const { chargeGuid, companyId, attempt, tries, failingForMs } = claim;
  const { charges, times } = deps;
  const log = deps.log.child({ chargeGuid, companyId, attempt });
  const work = {
    ...{ name: 'charge' as const, tries, failingForMs, delayAfter: (failures: number) => chargeDelay(failures) },
    renew: async () => ((await charges.renew(claim)) === 'lost' ? new ChargeLost(claim) : undefined),
    release: () => charges.release(claim),
    takeCrashBack: () => charges.takeCrashBack(claim),
    postpone: (delayMs: number) => charges.postpone(claim, delayMs),
    giveUp: (error: { code: string; message: string }) => charges.giveUp(claim, error),
    perform: (signal: AbortSignal) => charge(claim, { ...deps, log }, signal),
  };
  await carryOut(work, { log, times }, stop);
}

async function charge(claim: DueClaim, { charges, payments, log }: DueDeps, signal: AbortSignal) {
  const gateways = await charges.gatewaysOf(claim.companyId);
  if (!gateways.payment) throw gatewayMissing('payment'); // before it counts as asked for
  signal.throwIfAborted();
  const begun = await charges.begin(claim);
  if (begun === 'unknown') log.error('charge.unknown'); // somebody must ask the gateway's people
  if (typeof begun === 'string') return;
  const asked = askForCharge(begun.charge, { gateways, payments }, signal).catch(async (error: unknown) => {
    if (!begun.wasAsked && isUnasked(error)) await charges.noteUnasked(claim);
    throw error;
  });
  await charges.settle(claim, await asked);
}

/** The wait before the next try: 5 s doubling to an hour, half of it by chance, so that not all ask at once. */
export function chargeDelay(failures: number, chance: number = Math.random()): number {
  const ceiling = Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS);
  return Math.round(ceiling * (0.5 + chance / 2));
}
