import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const POSTGRES_SOCKET = '.s.PGSQL.5432';

export interface Link {
  /** The server's address as seen through this link. */
  url: string;
  /** Breaks all connections and refuses new ones, as when the server is down. */
  cut(): Promise<void>;
  /** Keeps all connections and carries nothing, as when the server is frozen. */
  freeze(): void;
  /** Carries everything again. */
  mend(): Promise<void>;
  stop(): Promise<void>;
}

/** A link to a test server of Redis or PostgreSQL that one test can cut without disturbing the others. */
export async function startLink(url: string): Promise<Link> {
  return url.startsWith('redis') ? linkToRedis(new URL(url)) : linkToPostgres(url);
}

async function linkToRedis(target: URL): Promise<Link> {
  const link = makeLink({ host: target.hostname, port: Number(target.port || 6379) });
  const port = await link.listen({ host: '127.0.0.1', port: 0 });
  const url = new URL(target);
  url.host = `127.0.0.1:${port}`;
  return { ...link.controls({ host: '127.0.0.1', port }), url: url.href, stop: link.stop };
}

async function linkToPostgres(target: string): Promise<Link> {
  const directory = new URL(target.replace(/^postgres(ql)?:\/\/[^/]*/, 'postgres://host')).searchParams.get('host');
  if (!directory) throw new Error('a link leads to the PostgreSQL of startPostgres, which listens on a socket');
  const own = await mkdtemp(join(tmpdir(), 'muster-link-'));
  const link = makeLink({ path: join(directory, POSTGRES_SOCKET) });
  const place = { path: join(own, POSTGRES_SOCKET) };
  await link.listen(place);
  return {
    ...link.controls(place),
    url: target.replace(encodeURIComponent(directory), encodeURIComponent(own)),
    stop: async () => {
      await link.stop();
      await rm(own, { recursive: true, force: true });
    },
  };
}

type Place = { path: string } | { host: string; port: number };

function makeLink(target: NetConnectOpts) {
  const sockets = new Set<Socket>();
  let frozen = false;
  let server: Server | undefined;
  const join = (near: Socket) => {
    const far = connect(target);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => to.write(bytes));
      from.on('error', () => undefined); // its end comes next
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      if (frozen) from.pause();
    }
  };
  const listen = (place: Place) =>
    new Promise<number>((resolve, reject) => {
      server = createServer(join).once('error', reject);
      server.listen(place, () => {
        const address = server?.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
  const stop = () =>
    new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy();
      if (server) server.close(() => resolve());
      else resolve();
      server = undefined;
    });
  const controls = (place: Place) => ({
    cut: stop,
    freeze: () => {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    mend: async () => {
      frozen = false;
      for (const socket of sockets) socket.resume();
      if (!server) await listen(place);
    },
  });
  return { listen, stop, controls };
}
