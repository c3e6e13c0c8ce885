import { PermanentFailure } from '@muster/core/errors';
import { type GatewayAddress, type OutgoingText, type TextGateway } from '@muster/messaging/gateways';
import { FakeGateway } from './fakeGateway.ts';

/** A text gateway in memory: sends everything, once a key, except to numbers that it was told to refuse. */
export class FakeTextGateway extends FakeGateway<OutgoingText, string | null> implements TextGateway {
  /** What was really sent, once a key. */
  readonly texts: OutgoingText[] = [];
  private readonly refused = new Set<string>();

  constructor() {
    super({ unavailable: 'textGatewayUnavailable', misused: 'textRefused' });
  }

  /** Never sends anything to this number. */
  refuse(msisdn: string) {
    this.refused.add(msisdn);
  }

  async send(at: GatewayAddress, text: OutgoingText, signal: AbortSignal): Promise<{ gatewayId: string }> {
    const gatewayId = await this.answer({ at, order: text, signal, carryOut: () => this.sendOnce(text) });
    if (gatewayId === null) throw new PermanentFailure('textRefused', 'it never sends to this number');
    return { gatewayId };
  }

  private sendOnce(text: OutgoingText): string | null {
    if (this.refused.has(text.msisdn)) return null;
    return `text-${this.texts.push(text)}`;
  }
}
