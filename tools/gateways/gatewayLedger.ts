import { createHash, randomUUID } from 'node:crypto';
import { jsonReply, refusal, type Reply } from './reply.ts';

/** An order that was really carried out. */
export type CarriedOut<Order> = Order & { id: string; key: string; doneAt: string };

interface Taking<Order> {
  key: string;
  body: string;
  order: Order;
}

/** What a gateway has done, and the answer that each key has had. */
export class GatewayLedger<Order extends { msisdn: string }> {
  /** Once a key, in its order. */
  readonly done: CarriedOut<Order>[] = [];
  private readonly kind: string;
  private readonly refusals = new Map<string, Reply>();
  private readonly answers = new Map<string, { hash: string; reply: Reply }>();

  constructor(kind: string) {
    this.kind = kind;
  }

  /** Answers this to whatever is asked for a number from now on. */
  refuse(msisdn: string, reply: Reply) {
    this.refusals.set(msisdn, reply);
  }

  /** Does again what is asked for a number. */
  allow(msisdn: string) {
    this.refusals.delete(msisdn);
  }

  /** The answer that a key has had: to another body, a refusal; undefined: it is new. */
  recall(key: string, body: string): Reply | undefined {
    const known = this.answers.get(key);
    if (!known || known.hash === hashOf(body)) return known?.reply;
    return refusal(422, 'keyUsedForAnotherRequest');
  }

  /** Carries an order out, or refuses it, and answers so from now on whatever comes with its key. */
  take({ key, body, order }: Taking<Order>): Reply {
    const reply = this.refusals.get(order.msisdn) ?? this.carryOut(key, order);
    this.answers.set(key, { hash: hashOf(body), reply });
    return reply;
  }

  private carryOut(key: string, order: Order): Reply {
    const id = `${this.kind}-${randomUUID()}`;
    this.done.push({ id, key, ...order, doneAt: new Date().toISOString() });
    return jsonReply(200, { id });
  }
}

function hashOf(body: string) {
  return createHash('sha256').update(body).digest('hex');
}
