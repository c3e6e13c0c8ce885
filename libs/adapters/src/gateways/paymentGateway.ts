import { type Charge, type ChargeOutcome, type PaymentGateway } from '@muster/messaging/gateways';
import { gatewayMalformed } from './gatewayFailures.ts';
import { gatewayIdIn } from './gatewayIdIn.ts';
import { type GatewayAnswer, type GatewaySettings, postToGateway } from './postToGateway.ts';
import { visibleText } from './visibleText.ts';

const REFUSED = 402;
const MOST_CHARACTERS = 50;

/**
 * The payment gateways that companies name, asked over HTTPS as `postToGateway` describes, with the body
 *
 *     {"type": "charge", "channel": "1217", "msisdn": "4512345678", "amount": "20.00", "amountVat": "0.00",
 *      "amountTotal": "20.00", "currencyCode": "DKK", "invoiceText": "…", "contentType": "DigitalService",
 *      "purposeAccountingCode": null, "reference": "…"}
 *
 * They answer `{"id": "…"}` (up to 100 visible characters) with 2xx once the number is charged, and with 402
 * `{"code": "…", "paymentMethodLost": true}` (up to 50 visible characters; false may be left out) where it is not, and will not
 * be under this key. Nothing else counts as either: 2xx or 402 with anything else is asked for again under the same key, which
 * charges nobody twice. 4xx that does not ask to come again says that the request itself is wrong.
 */
export function paymentGateway(settings: GatewaySettings): PaymentGateway {
  return {
    async charge(at, charge, signal) {
      const { key } = charge;
      const request = { kind: 'payment', at, key, body: bodyOf(charge), tells: isSettled, signal } as const;
      const answer = await postToGateway(request, settings);
      return answer.status === REFUSED ? refusalIn(answer) : { outcome: 'charged', gatewayId: gatewayIdIn(answer) };
    },
  };
}

const isSettled = (status: number) => status === REFUSED || (status >= 200 && status <= 299);

/** Field by field: what else a caller may have put beside them stays here. */
function bodyOf(charge: Charge) {
  const { channel, msisdn, amount, amountVat, amountTotal, currencyCode } = charge;
  const { invoiceText, contentType, purposeAccountingCode, reference } = charge;
  return {
    ...{ type: 'charge', channel, msisdn, amount, amountVat, amountTotal, currencyCode },
    ...{ invoiceText, contentType, purposeAccountingCode, reference },
  };
}

/** A bare 402 may be of anybody on the way: only one with a code is the gateway's own word. */
function refusalIn({ gateway, told }: GatewayAnswer): ChargeOutcome {
  const code = visibleText(told['code'], MOST_CHARACTERS);
  const methodLost = told['paymentMethodLost'] ?? false;
  if (code !== undefined && typeof methodLost === 'boolean') return { outcome: 'refused', code, methodLost };
  throw gatewayMalformed(gateway, `refuses a charge without a code of 1 to ${MOST_CHARACTERS} visible characters`);
}
