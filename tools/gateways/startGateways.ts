import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { answerRequest, type SeenRequest, type World } from './answerRequest.ts';
import { type Fault, type FaultFor } from './faults.ts';
import { type CarriedOut, GatewayLedger } from './gatewayLedger.ts';
import { type ChargeOrder, type TextOrder } from './orderForms.ts';
import { refusal, sendReply } from './reply.ts';

/** How to start the gateways. */
export interface GatewaysOptions {
  /** Demands that requests are signed with it; default null: takes them unsigned. */
  secret?: string | null;
  /** Default: a free one. */
  port?: number;
  /** Default: this machine only. */
  host?: string;
  /** Serves HTTPS with it. */
  tls?: { key: string; cert: string };
}

/** Running gateways. */
export interface Gateways {
  /** Where texts go to; `GET` lists what was sent. */
  textUrl: string;
  /** Where charges go to; `GET` lists what was charged. */
  chargeUrl: string;
  /** What an allow list has to name. */
  place: string;
  /** What was really sent, once a key. */
  readonly texts: readonly CarriedOut<TextOrder>[];
  /** What was really charged, once a key. */
  readonly charges: readonly CarriedOut<ChargeOrder>[];
  /** Everything that came, in its order. */
  readonly requests: readonly SeenRequest[];
  /** Sends no text to this number from now on. */
  refuseTexts(msisdn: string): void;
  /** Charges nothing to this number from now on. */
  refuseCharges(msisdn: string, why: ChargeRefusal): void;
  /** Takes everything for this number again. */
  allow(msisdn: string): void;
  /** Lets something go wrong with the next request for a text or a charge that fits. */
  plan(fault: Fault, target?: FaultFor): void;
  /** Nothing more goes wrong. */
  clear(): void;
  stop(): Promise<void>;
}

/** Why a charge is refused. */
export interface ChargeRefusal {
  code: string;
  paymentMethodLost: boolean;
}

/** Gateways for texts and charges that do nothing but remember, for the demo and for tests, with faults on demand. */
export async function startGateways(options: GatewaysOptions = {}): Promise<Gateways> {
  const { secret = null, port = 0, host = '127.0.0.1', tls } = options;
  const texts = new GatewayLedger<TextOrder>('text');
  const charges = new GatewayLedger<ChargeOrder>('charge');
  const house: House = { secret, texts, charges, requests: [], plans: [] };
  const serve = (request: IncomingMessage, response: ServerResponse) =>
    void answer(house, request, response).catch(() => response.destroy());
  const server = tls ? createSecureServer(tls, serve) : createServer(serve);
  await once(server.listen(port, host), 'listening');
  const place = `${host}:${(server.address() as AddressInfo).port}`;
  const url = `${tls ? 'https' : 'http'}://${place}`;
  return {
    ...{ textUrl: `${url}/texts`, chargeUrl: `${url}/charges`, place },
    ...{ texts: texts.done, charges: charges.done, requests: house.requests },
    refuseTexts: (msisdn) => texts.refuse(msisdn, refusal(400, 'numberRefused')),
    refuseCharges: (msisdn, { code, ...why }) => charges.refuse(msisdn, refusal(402, code, why)),
    allow: (msisdn) => [texts, charges].forEach((ledger) => ledger.allow(msisdn)),
    plan: (fault, target = {}) => void house.plans.push({ fault, target, left: target.times ?? 1 }),
    clear: () => void (house.plans.length = 0),
    async stop() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface House extends World {
  requests: SeenRequest[];
  plans: { fault: Fault; target: FaultFor; left: number }[];
}

async function answer(house: House, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', headers, url = '/' } = request;
  const body = await text(request);
  const seen = { method, path: new URL(url, 'http://localhost').pathname, headers, body };
  house.requests.push(seen);
  const fault = takeFault(house.plans, seen);
  const reply = fault?.instead ?? answerRequest(house, seen);
  await (fault?.send ?? sendReply)(response, reply);
}

/** Whoever only looks is not struck. */
function takeFault(plans: House['plans'], { method, path }: SeenRequest): Fault | undefined {
  if (method !== 'POST') return undefined;
  const plan = plans.find(({ target, left }) => left > 0 && (target.path ?? path) === path);
  if (plan) plan.left -= 1;
  return plan?.fault;
}
