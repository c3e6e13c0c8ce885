import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** How a line breaks: with a reset, or without a word. */
export type Break = 'reset' | 'black hole';

/** When a line breaks: once the client has said so many bytes more since `since` holds. */
export interface Breaking {
  how: Break;
  since: () => boolean;
  afterBytes: number;
}

/** A line to a server that breaks once, and carries everything before and after. */
export interface Relay {
  host: string;
  breakOnce(breaking: Breaking): void;
  hasBroken(): boolean;
  stop(): Promise<void>;
}

/** Opens a line to `host`, as campaigns name servers: `127.0.0.1:2222`. */
export async function startRelay(host: string): Promise<Relay> {
  const target = new URL(`tcp://${host}`);
  const sockets = new Set<Socket>();
  const plan: { next?: Breaking; hasBroken: boolean } = { hasBroken: false };
  const server = createServer((near) => {
    const far = connect({ host: target.hostname, port: Number(target.port) });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => undefined); // its close comes next
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    carry(near, far, plan);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    breakOnce: (breaking) => void (plan.next = breaking),
    hasBroken: () => plan.hasBroken,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function carry(near: Socket, far: Socket, plan: { next?: Breaking; hasBroken: boolean }) {
  let said = 0;
  let isSilent = false;
  far.on('data', (bytes) => !isSilent && near.write(bytes));
  near.on('data', (bytes) => {
    if (isSilent) return;
    const { next } = plan;
    if (next?.since()) said += bytes.length;
    if (!next || said <= next.afterBytes) return void far.write(bytes);
    delete plan.next;
    plan.hasBroken = true;
    isSilent = true;
    if (next.how === 'reset') for (const socket of [near, far]) socket.resetAndDestroy();
  });
}
