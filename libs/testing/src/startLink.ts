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
  /** Resets all connections; new ones are taken. */
  reset(): void;
  /** Carries everything again. */
  mend(): Promise<void>;
  /** What it does to what it carries, until it is taken away again. */
  readonly faults: LinkFaults;
  stop(): Promise<void>;
}

/** What a link does to bytes. */
export interface LinkFaults {
  /**
   * The first connection on which a client says this never hears of the server again, and is reset a moment later: what
   * was asked for is done, and its answer lost. Strikes once; what it struck is taken out.
   */
  losesReplyTo?: RegExp[];
  /** How many answers were lost so far. */
  lost?: number;
  /** Answers come by so many bytes a second. */
  bytesPerSecond?: number;
  /** A connection is reset once so many bytes of answers have gone through it. */
  resetAfterBytes?: number;
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

const RESET_AFTER_MS = 200;

function makeLink(target: NetConnectOpts) {
  const sockets = new Set<Socket>();
  const faults: LinkFaults = {};
  let frozen = false;
  let server: Server | undefined;
  const join = (near: Socket) => {
    const far = connect(target);
    carry({ near, far, faults });
    tie(near, far, sockets);
    if (frozen) for (const socket of [near, far]) socket.pause();
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
    faults,
    cut: stop,
    reset: () => {
      for (const socket of sockets) reset(socket);
    },
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

/** Two sockets of which none outlives the other. */
function tie(near: Socket, far: Socket, sockets: Set<Socket>) {
  for (const [from, to] of [
    [near, far],
    [far, near],
  ] as const) {
    sockets.add(from);
    from.on('error', () => undefined); // its end comes next
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
  }
}

/** Carries what both say, with the link's faults. */
function carry({ near, far, faults }: { near: Socket; far: Socket; faults: LinkFaults }) {
  let silent = false;
  let carried = 0;
  far.on('data', (bytes) => {
    if (silent) return;
    carried += bytes.length;
    const rate = faults.bytesPerSecond;
    if (faults.resetAfterBytes !== undefined && carried > faults.resetAfterBytes) reset(near);
    else if (rate === undefined) near.write(bytes);
    else trickle({ from: far, to: near, bytes, rate });
  });
  near.on('data', (bytes) => {
    far.write(bytes);
    const struck = faults.losesReplyTo?.find((pattern) => pattern.test(bytes.toString('latin1')));
    if (!struck) return;
    faults.losesReplyTo = faults.losesReplyTo?.filter((pattern) => pattern !== struck) ?? [];
    faults.lost = (faults.lost ?? 0) + 1;
    silent = true;
    setTimeout(() => reset(near), RESET_AFTER_MS).unref();
  });
}

function trickle({ from, to, bytes, rate }: { from: Socket; to: Socket; bytes: Buffer; rate: number }) {
  from.pause();
  const parts = 10; // a second
  const size = Math.max(1, Math.floor(rate / parts));
  let at = 0;
  const timer = setInterval(() => {
    to.write(bytes.subarray(at, at + size));
    at += size;
    if (at < bytes.length && !to.destroyed) return;
    clearInterval(timer);
    from.resume();
  }, 1000 / parts);
  timer.unref();
}

// A socket of the file system has no RST: it is closed.
function reset(socket: Socket) {
  if (socket.remoteAddress === undefined) socket.destroy();
  else socket.resetAndDestroy();
}
