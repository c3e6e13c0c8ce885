import { type Charge, type ChargeOutcome, type GatewayAddress, type PaymentGateway } from '@muster/messaging/gateways';
import { FakeGateway } from './fakeGateway.ts';

/** A payment gateway in memory: charges everybody, once a key, except numbers that it was told to refuse. */
export class FakePaymentGateway extends FakeGateway<Charge, ChargeOutcome> implements PaymentGateway {
  /** What was really charged, once a key. */
  readonly charges: Charge[] = [];
  private readonly refused = new Map<string, ChargeOutcome>();

  constructor() {
    super({ unavailable: 'paymentGatewayUnavailable', misused: 'chargeNotUnderstood' });
  }

  /** Refuses charges to this number from now on. */
  refuse(msisdn: string, { code = 'insufficientFunds', methodLost = false } = {}) {
    this.refused.set(msisdn, { outcome: 'refused', code, methodLost });
  }

  /** Charges this number again. */
  allow(msisdn: string) {
    this.refused.delete(msisdn);
  }

  async charge(at: GatewayAddress, charge: Charge, signal: AbortSignal): Promise<ChargeOutcome> {
    return this.answer({ at, order: charge, signal, carryOut: () => this.chargeOnce(charge) });
  }

  private chargeOnce(charge: Charge): ChargeOutcome {
    const refusal = this.refused.get(charge.msisdn);
    return refusal ?? { outcome: 'charged', gatewayId: `charge-${this.charges.push(charge)}` };
  }
}
