import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** Listeners at some addresses and one port, which count who comes. */
export interface ConnectionCount {
  port: number;
  /** Connections so far, by the address that they came to. */
  seen: Record<string, number>;
  stop(): Promise<void>;
}

/** Listens at the first address on a free port, and on the same port of the others where the machine has them. */
export async function countConnections(first: string, ...others: string[]): Promise<ConnectionCount> {
  const seen: Record<string, number> = {};
  const sockets = new Set<Socket>();
  const listen = async (host: string, port: number) => {
    seen[host] = 0;
    const server = createServer((socket) => {
      seen[host] = (seen[host] ?? 0) + 1;
      sockets.add(socket.on('error', () => undefined));
    });
    await once(server.listen(port, host), 'listening');
    return server;
  };
  const main = await listen(first, 0);
  const { port } = main.address() as AddressInfo;
  const more = await Promise.all(others.map((host) => listen(host, port).catch(() => undefined)));
  return {
    port,
    seen,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      for (const server of [main, ...more]) if (server) await closed(server);
    },
  };
}

function closed(server: Server) {
  return new Promise((done) => void server.close(done));
}
