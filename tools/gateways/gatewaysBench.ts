import { addressGuard } from '@muster/adapters/addressGuard/addressGuard';
import { guardedAgents } from '@muster/adapters/addressGuard/guardedAgents';
import { readAllowList } from '@muster/adapters/addressGuard/readAllowList';
import { type GatewaySettings } from '@muster/adapters/gateways/postToGateway';
import { type MusterError } from '@muster/core/errors';
import { type Charge, type OutgoingText } from '@muster/messaging/gateways';
import { type Gateways, startGateways } from './startGateways.ts';

const SECRET = 'secret-canary in plain words';

/** A text that nobody may find in an error. */
export const thanks: OutgoingText = {
  ...{
    key: 'key-canary-1',
    channel: '1217',
    msisdn: '4512345678',
    text: 'text-canary 💛',
    senderAlias: 'alias-canary',
  },
};

/** A charge that nobody may find in an error. */
export const donation: Charge = {
  ...{ key: 'key-canary-1', channel: '1217', msisdn: '4512345678', currencyCode: 'DKK' },
  ...{ amount: '16.00', amountVat: '4.00', amountTotal: '20.00', invoiceText: 'invoice-canary æ' },
  ...{ contentType: 'DigitalService', purposeAccountingCode: 'code-canary', reference: 'reference-canary' },
};

/** How the operator has set up the adapters. */
export interface SettingsChange extends Partial<GatewaySettings> {
  /** The allow list; default: this machine. */
  allow?: string;
}

/** For the tests of one file: gateways that demand signatures, anew for each test, and what asks them. */
export function gatewaysBench() {
  let gateways: Gateways;
  beforeEach(async () => void (gateways = await startGateways({ secret: SECRET })));
  afterEach(() => gateways.stop());
  const at = (url: string) => ({ url: `${url}?key=url-canary`, secret: SECRET });
  return {
    gateways: () => gateways,
    textsAt: () => at(gateways.textUrl),
    chargesAt: () => at(gateways.chargeUrl),
    settings({ allow = '127.0.0.1:*', ...change }: SettingsChange = {}): GatewaySettings {
      const agents = guardedAgents(addressGuard({ allow: readAllowList(allow) }));
      return { agents, allowHttp: () => true, timeoutMs: 5_000, ...change };
    },
  };
}

/** The failure of a request: a sentence for people, with the host and nothing else of what was asked, nor a library's error. */
export async function failureOf(asked: Promise<unknown>): Promise<MusterError> {
  const failure = await asked.then(
    () => new Error('127.0.0.1 has answered'),
    (error: unknown) => error as MusterError,
  );
  expect(failure.message).toMatch(/127\.0\.0\.1/);
  expect(failure.cause).toBeUndefined();
  expect(JSON.stringify([failure.message, failure.stack, Object.entries(failure)])).not.toMatch(/canary|4512345678/);
  return failure as MusterError;
}
