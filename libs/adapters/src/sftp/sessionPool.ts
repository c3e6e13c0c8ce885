import { createHash } from 'node:crypto';
import { type SftpAddress } from '@muster/pipeline/ports';
import { type SftpSession } from './sftpSession.ts';

/** How many sessions may be open, and for how long one is kept that nobody uses. */
export interface PoolLimits {
  /** Of one server, idle ones included. */
  perServer: number;
  /** 0 keeps none. */
  idleMs: number;
}

/** A session for the time being; `end` gives it back. */
export interface LentSession extends SftpSession {
  /** Somebody has used it before: it may be dead without our knowing. */
  readonly usedBefore: boolean;
}

/** Sessions that go from one delivery to the next of the same login. */
export interface SessionPool {
  /** Lends a session, once its server has one to spare. Rejects as `open` does, or with the signal's reason. */
  take(address: SftpAddress, signal: AbortSignal): Promise<LentSession>;
  /** Ends what lies idle of a server: one of them was found dead. */
  forget(address: SftpAddress): Promise<void>;
  /** Ends what lies idle, and keeps none from now on. */
  close(): Promise<void>;
}

type Open = (address: SftpAddress, signal: AbortSignal) => Promise<SftpSession>;

interface Kept {
  session: SftpSession;
  login: string;
  openedAt: number;
}

interface Server {
  lent: number;
  idle: Map<Kept, NodeJS.Timeout>;
  waiting: Set<() => void>;
}

const OLDEST_MS = 5 * 60_000; // so that a name that has moved, or a login that was withdrawn, is noticed on a busy day

/** Lends sessions that `open` makes. Whoever has the same credentials for the same server may have one that was kept. */
export function sessionPool(open: Open, limits: PoolLimits): SessionPool {
  const servers = new Map<string, Server>();
  let closed = false;
  const lend = (server: Server, kept: Kept, usedBefore: boolean): LentSession => {
    let given = false;
    const end = async () => {
      if (given) return;
      given = true;
      const isOld = performance.now() - kept.openedAt > OLDEST_MS;
      if (closed || isOld || limits.idleMs === 0 || !kept.session.isFree()) await kept.session.end();
      else keep(server, kept, () => void drop(server, kept).then(() => tidy(servers)));
      leave(server);
      tidy(servers);
    };
    return { ...kept.session, usedBefore, end };
  };
  const keep = (server: Server, kept: Kept, atLast: () => void) =>
    server.idle.set(kept, setTimeout(atLast, limits.idleMs).unref());
  const endIdle = async (some: Iterable<Server>) => {
    await Promise.all([...some].flatMap((server) => [...server.idle.keys()].map((kept) => drop(server, kept))));
    tidy(servers);
  };
  return {
    take: async (address, signal) => {
      const server = serverOf(servers, address);
      await enter(server, { perServer: limits.perServer, signal });
      try {
        const kept = keptFor(server, address);
        if (kept) return lend(server, kept, true);
        const [oldest] = server.idle.keys(); // of another login: its place is needed
        if (oldest && server.lent + server.idle.size > limits.perServer) await drop(server, oldest);
        const session = await open(address, signal);
        return lend(server, { session, login: loginOf(address), openedAt: performance.now() }, false);
      } catch (error) {
        leave(server);
        tidy(servers);
        throw error;
      }
    },
    forget: (address) => endIdle([serverOf(servers, address)]),
    close: () => {
      closed = true;
      return endIdle(servers.values());
    },
  };
}

function drop(server: Server, kept: Kept) {
  clearTimeout(server.idle.get(kept));
  server.idle.delete(kept);
  return kept.session.end();
}

function serverOf(servers: Map<string, Server>, { host, port }: SftpAddress): Server {
  const where = `${host}:${port}`;
  const server = servers.get(where) ?? { lent: 0, idle: new Map(), waiting: new Set() };
  servers.set(where, server);
  return server;
}

/** Forgets servers that nobody uses: campaigns can name any number of them. */
function tidy(servers: Map<string, Server>) {
  for (const [where, { lent, idle, waiting }] of servers)
    if (lent + idle.size + waiting.size === 0) servers.delete(where);
}

/** Waits for one of the server's places, first come, first served, and takes it. */
async function enter(server: Server, { perServer, signal }: { perServer: number; signal: AbortSignal }) {
  signal.throwIfAborted();
  if (server.lent < perServer) {
    server.lent += 1;
    return;
  }
  await new Promise<void>((resolve, reject) => {
    const go = () => {
      signal.removeEventListener('abort', giveUp);
      resolve();
    };
    const giveUp = () => {
      server.waiting.delete(go);
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', giveUp, { once: true });
    server.waiting.add(go);
  });
}

/** Hands the place on to whoever waits longest. */
function leave(server: Server) {
  const [next] = server.waiting;
  if (!next) {
    server.lent -= 1;
    return;
  }
  server.waiting.delete(next);
  next();
}

/** The session that was used last is the surest to be alive. */
function keptFor(server: Server, address: SftpAddress): Kept | undefined {
  const login = loginOf(address);
  const found = [...server.idle.keys()].reverse().find((kept) => kept.login === login && kept.session.isFree());
  if (found) {
    clearTimeout(server.idle.get(found));
    server.idle.delete(found);
  }
  return found;
}

/** A digest: credentials are not kept longer than they are needed. With no host key demanded, only such a session fits. */
function loginOf({ host, port, username, password, privateKey, passphrase, hostKeyFingerprint }: SftpAddress) {
  const login = [host, port, username, password, privateKey, passphrase, hostKeyFingerprint].map(
    (part) => part ?? null,
  );
  return createHash('sha256').update(JSON.stringify(login)).digest('base64');
}
