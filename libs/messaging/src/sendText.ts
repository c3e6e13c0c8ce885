import { type Log } from '@muster/core/log';
import { type LeaseTimes } from '@muster/pipeline/holdLease';
import { askTextGateway } from './askTextGateway.ts';
import { carryOut } from './carryOut.ts';
import { type TextGateway } from './gateways.ts';
import { type Outbox, type TextClaim, TextLost } from './outbox.ts';

export interface TextDeps {
  outbox: Outbox;
  texts: TextGateway;
  log: Log;
  times: LeaseTimes;
}

/**
 * Sends a text that answers none that came in. The gateway knows it by its key, so it is sent once, whatever crashes. Throws
 * only where nothing could be recorded: then its lease runs out.
 */
export async function sendText(claim: TextClaim, deps: TextDeps, stop: AbortSignal): Promise<void> {
  const { textGuid, companyId, attempt, tries, failingForMs, text } = claim;
  const { outbox, texts, times } = deps;
  const log = deps.log.child({ textGuid, companyId, attempt });
  const work = {
    ...{ name: 'text' as const, tries, failingForMs },
    perform: async (signal: AbortSignal) => {
      const gateways = await outbox.gatewaysOf(companyId);
      await outbox.note(claim, await askTextGateway(text, { gateways, texts }, signal));
    },
    renew: async () => ((await outbox.renew(claim)) === 'lost' ? new TextLost(claim) : undefined),
    postpone: (delayMs: number) => outbox.postpone(claim, delayMs),
    giveUp: ({ code }: { code: string }) => outbox.note(claim, { outcome: 'refused', code }),
    release: () => outbox.release(claim),
    takeCrashBack: () => outbox.takeCrashBack(claim),
  };
  await carryOut(work, { log, times }, stop);
}
