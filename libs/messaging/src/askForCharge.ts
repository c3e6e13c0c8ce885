import { gatewayMissing } from './gatewayMissing.ts';
import { type Charge, type ChargeOutcome, type PaymentGateway } from './gateways.ts';
import { type CompanyGateways } from './inbox.ts';

interface Asked {
  gateways: CompanyGateways | undefined;
  payments: PaymentGateway;
}

/** Asks the company's gateway for a charge. Throws what the gateway throws, and TemporaryFailure where there is none. */
export function askForCharge(
  wanted: Charge,
  { gateways, payments }: Asked,
  signal: AbortSignal,
): Promise<ChargeOutcome> {
  if (gateways?.payment) return payments.charge(gateways.payment, wanted, signal);
  throw gatewayMissing('payment');
}
