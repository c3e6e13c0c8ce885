import { type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import pg from 'pg';

/** What a statement may take, and where else to ask whether the server is there at all. */
export interface SilenceOptions {
  url: string;
  /** How long nothing may come or go while an answer is awaited. */
  silenceMs: number;
  /** Whether a silent statement goes on as long as the server answers a new connection. */
  longStatements: boolean;
}

/**
 * Gives what the pool does with each new connection: one on which the server has gone silent is destroyed, so that whoever
 * waits learns it (ETIMEDOUT) and nobody is handed it again. pg's own `query_timeout` would leave it in the pool, with the
 * old statement still running in front of the next. A server that is stopped keeps its connections, and its kernel goes on
 * confirming what it receives: neither TCP's keepalive nor its retransmissions see that. Nor can a silent statement be told
 * from a long one on its own connection: where long ones are normal, a new connection is tried. What that cannot see, a
 * network that has lost this one connection while others work, keepalive ends.
 */
export function endSilent({ url, silenceMs, longStatements }: SilenceOptions): (client: pg.ClientBase) => void {
  let asked: Promise<boolean> | undefined; // one question serves all
  const isServerThere = () => (asked ??= answersNew(url, silenceMs).finally(() => (asked = undefined)));

  const judge = async (client: pg.ClientBase, stream: Socket) => {
    const heard = stream.bytesRead;
    if (stream.writableEnded) return stream.destroy(); // our goodbye: nobody waits for the answer
    await setImmediate(); // after a long turn of our own, what has come meanwhile is read first
    const goesOn =
      isAtRest(client) ||
      stream.bytesRead > heard ||
      (longStatements && ((await isServerThere()) || stream.bytesRead > heard));
    if (goesOn) return stream.setTimeout(silenceMs);
    return stream.destroy(Object.assign(new Error('the server says nothing'), { code: 'ETIMEDOUT' }));
  };
  return (client) => {
    const stream = connectionOf(client);
    stream.setTimeout(silenceMs);
    stream.on('timeout', () => void judge(client, stream));
  };
}

/** The socket of a connection: to destroy it is the one way to be sure that nobody uses it again. */
export function connectionOf(client: pg.ClientBase): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream;
}

/** Whether no answer is awaited; a transaction may be open. */
function isAtRest(client: pg.ClientBase) {
  return (client as unknown as { readyForQuery: boolean }).readyForQuery;
}

/** Whether the server has a word for a new connection, be it that it takes no more. */
async function answersNew(url: string, withinMs: number) {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: withinMs });
  client.on('error', () => undefined); // it is gone, and has served
  try {
    await client.connect();
    return true;
  } catch (error) {
    return error instanceof pg.DatabaseError;
  } finally {
    connectionOf(client).destroy();
  }
}
