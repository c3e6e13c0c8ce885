import { PermanentFailure } from '@muster/core/errors';
import { gatewayMissing } from './gatewayMissing.ts';
import { type OutgoingText, type TextGateway } from './gateways.ts';
import { type CompanyGateways, type TextOutcome } from './inbox.ts';

interface Outside {
  texts: TextGateway;
  gateways: CompanyGateways | undefined;
}

/** Has a text sent, once for its key; gives what became of it. Throws where it may be tried again. */
export async function askTextGateway(
  text: OutgoingText,
  { gateways, texts }: Outside,
  signal: AbortSignal,
): Promise<TextOutcome> {
  if (!gateways?.text) throw gatewayMissing('text');
  try {
    return { outcome: 'sent', ...(await texts.send(gateways.text, text, signal)) };
  } catch (error) {
    if (!(error instanceof PermanentFailure)) throw error;
    return { outcome: 'refused', code: error.code };
  }
}
