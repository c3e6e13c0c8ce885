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
  /** New connections lead to another server of that kind, as after a fail-over; those that are there stay. */
  lead(url: string): void;
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
  losesReplyTo?: LostReply[];
  /** Is told what clients say, as it comes. */
  hears?: (text: string) => void;
  /** How many answers were lost so far. */
  lost?: number;
  /** Answers come by so many bytes a second. */
  bytesPerSecond?: number;
  /** A connection is reset once so many bytes of answers have gone through it. */
  resetAfterBytes?: number;
}

/** What a client says; of two, what it says on a connection on which it has said the first: which `commit` is meant. */
export type LostReply = RegExp | readonly [before: RegExp, then: RegExp];

/** A link to a test server of Redis or PostgreSQL that one test can cut without disturbing the others. */
export async function startLink(url: string): Promise<Link> {
  return url.startsWith('redis') ? linkToRedis(new URL(url)) : linkToPostgres(url);
}

async function linkToRedis(target: URL): Promise<Link> {
  const link = makeLink(placeOfRedis(target));
  const port = await link.listen({ host: '127.0.0.1', port: 0 });
  const url = new URL(target);
  url.host = `127.0.0.1:${port}`;
  return {
    ...link.controls({ host: '127.0.0.1', port }),
    url: url.href,
    lead: (other) => link.lead(placeOfRedis(new URL(other))),
    stop: link.stop,
  };
}

function placeOfRedis({ hostname, port }: URL) {
  return { host: hostname, port: Number(port || 6379) };
}

async function linkToPostgres(target: string): Promise<Link> {
  const directory = socketDirectoryOf(target);
  const own = await mkdtemp(join(tmpdir(), 'muster-link-'));
  const link = makeLink({ path: join(directory, POSTGRES_SOCKET) });
  const place = { path: join(own, POSTGRES_SOCKET) };
  await link.listen(place);
  return {
    ...link.controls(place),
    url: target.replace(encodeURIComponent(directory), encodeURIComponent(own)),
    lead: (other) => link.lead({ path: join(socketDirectoryOf(other), POSTGRES_SOCKET) }),
    stop: async () => {
      await link.stop();
      await rm(own, { recursive: true, force: true });
    },
  };
}

function socketDirectoryOf(url: string) {
  const directory = new URL(url.replace(/^postgres(ql)?:\/\/[^/]*/, 'postgres://host')).searchParams.get('host');
  if (!directory) throw new Error('a link leads to the PostgreSQL of startPostgres, which listens on a socket');
  return directory;
}

type Place = { path: string } | { host: string; port: number };

const RESET_AFTER_MS = 200;

function makeLink(first: NetConnectOpts) {
  let target = first;
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
  const lead = (to: NetConnectOpts) => {
    target = to;
  };
  return { listen, stop, controls, lead };
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
  const said = new Set<LostReply>();
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
    const text = bytes.toString('latin1');
    faults.hears?.(text);
    const struck = faults.losesReplyTo?.find((reply) => isMeant(reply, text, said));
    if (!struck) return;
    faults.losesReplyTo = faults.losesReplyTo?.filter((pattern) => pattern !== struck) ?? [];
    faults.lost = (faults.lost ?? 0) + 1;
    silent = true;
    setTimeout(() => reset(near), RESET_AFTER_MS).unref();
  });
}

/** Whether this is what was meant; what must be said before it is kept in `said`. */
function isMeant(reply: LostReply, text: string, said: Set<LostReply>) {
  if (reply instanceof RegExp) return reply.test(text);
  const [before, then] = reply;
  if (before.test(text)) said.add(reply);
  return said.has(reply) && then.test(text);
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
