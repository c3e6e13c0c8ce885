import { type IncomingHttpHeaders } from 'node:http';
import { type GatewayLedger } from './gatewayLedger.ts';
import { isSigned } from './isSigned.ts';
import { chargeForm, type ChargeOrder, type OrderForm, textForm, type TextOrder } from './orderForms.ts';
import { readOrder } from './readOrder.ts';
import { jsonReply, refusal, type Reply } from './reply.ts';

/** What the gateways know. */
export interface World {
  /** Signs what they are sent; null: nothing is checked. */
  secret: string | null;
  texts: GatewayLedger<TextOrder>;
  charges: GatewayLedger<ChargeOrder>;
}

/** A request as it came. */
export interface SeenRequest {
  method: string;
  /** Without its query. */
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Answers as a gateway that keeps to the form does: each key is carried out once, and has one answer. */
export function answerRequest(world: World, seen: SeenRequest): Reply {
  const { secret, texts, charges } = world;
  if (seen.path === '/texts') return answerAt({ ledger: texts, form: textForm, secret }, seen);
  if (seen.path === '/charges') return answerAt({ ledger: charges, form: chargeForm, secret }, seen);
  return refusal(404, 'notFound');
}

interface Desk<Order extends { msisdn: string }> {
  ledger: GatewayLedger<Order>;
  form: OrderForm<Order>;
  secret: string | null;
}

function answerAt<Order extends { msisdn: string }>(desk: Desk<Order>, seen: SeenRequest): Reply {
  const { method, headers, body } = seen;
  if (method === 'GET') return jsonReply(200, desk.ledger.done);
  if (method !== 'POST') return refusal(405, 'methodNotAllowed');
  if (desk.secret !== null && !isSigned(seen, desk.secret)) return refusal(401, 'wrongSignature');
  if (headers['content-type'] !== 'application/json') return refusal(415, 'notJson');
  const key = headers['idempotency-key'];
  // the signature is of webhook-id: a key that differs from it could be anybody's
  if (typeof key !== 'string' || key === '' || key !== headers['webhook-id']) return refusal(400, 'wrongKey');
  const known = desk.ledger.recall(key, body);
  if (known) return known;
  const reading = readOrder(body, desk.form);
  if ('faultyField' in reading) return refusal(400, 'wrongField', { field: reading.faultyField });
  return desk.ledger.take({ key, body, order: reading.order });
}
