import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type OutsideCheck } from '@muster/pipeline/outsideGuard';
import { type GuardLie, guardLies, type Result } from './guardLies.ts';

export type GuardStandIn = Awaited<ReturnType<typeof startGuardStandIn>>;

interface StandInOptions {
  /** Serves HTTPS with it. */
  tls?: { key: string; cert: string };
}

/**
 * A company's compliance guard: allows whatever it was not told to refuse, remembers what it was asked, and lies when told
 * to. Listens on 127.0.0.1.
 */
export async function startGuardStandIn({ tls }: StandInOptions = {}) {
  const memory = new GuardMemory();
  const answer = (request: IncomingMessage, response: ServerResponse) => void memory.answer(request, response);
  const server = tls ? createSecureServer(tls, answer) : createServer(answer);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return Object.assign(memory, {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}/checks?key=url-canary`,
    /** What an allow list has to name. */
    place: `127.0.0.1:${port}`,
    stop: async () => {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  });
}

class GuardMemory {
  /** The bodies of all requests, as they came. */
  readonly bodies: string[] = [];
  /** Requests that are being answered now, and the most that there were at a time. */
  readonly underWay = { now: 0, most: 0 };
  /** Until it is over, nothing is answered. */
  gate: Promise<void> | undefined;
  /** Done before each answer. */
  onAsked: (() => Promise<unknown>) | undefined;
  private readonly refused = new Map<string, unknown>();
  private readonly forgotten = new Set<string>();
  private readonly lies: { lie: GuardLie; times: number }[] = [];

  /** The checks of all requests, a list each. */
  get asked(): OutsideCheck[][] {
    return this.bodies.map((body) => (JSON.parse(body) as { checks: OutsideCheck[] }).checks);
  }

  /** Says no to a contact, with these reasons. */
  refuse(contactId: string, reasons: unknown = ['onTheirList']) {
    this.refused.set(contactId, reasons);
  }

  /** Never answers for a contact. */
  forget(contactId: string) {
    this.forgotten.add(contactId);
  }

  /** Lies to so many of the next requests. */
  lie(lie: GuardLie, times = 1) {
    this.lies.push({ lie, times });
  }

  async answer(request: IncomingMessage, response: ServerResponse) {
    this.underWay.most = Math.max(this.underWay.most, ++this.underWay.now);
    response.once('close', () => this.underWay.now--);
    const body = await text(request).catch(() => '');
    this.bodies.push(body);
    await this.gate;
    await this.onAsked?.();
    const { checks } = JSON.parse(body) as { checks: OutsideCheck[] };
    const honest = checks.flatMap((check) => this.resultOf(check));
    const [plan] = this.lies;
    if (plan && --plan.times <= 0) this.lies.shift();
    await guardLies[plan?.lie ?? 'none'](response, honest);
  }

  private resultOf({ ref, contactId }: OutsideCheck): Result[] {
    const name = contactId ?? '';
    if (this.forgotten.has(name)) return [];
    return [{ ref, result: !this.refused.has(name), reasons: this.refused.get(name) ?? [] }];
  }
}
