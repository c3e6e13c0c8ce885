import { Agent as HttpAgent, type ClientRequestArgs } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { type Duplex } from 'node:stream';
import { type AddressGuard } from './addressGuard.ts';
import { guardedConnect } from './guardedConnect.ts';
import { type Scheme } from './usualPorts.ts';

/** What HTTP clients get their connections from; got takes it as `agent`. */
export interface GuardedAgents {
  http: HttpAgent;
  https: HttpsAgent;
}

const CONNECT_MS = 20_000;
const LIKE_THE_GLOBAL_ONES = { keepAlive: true, scheduling: 'lifo', timeout: 5_000 } as const;

/**
 * Agents whose every new connection goes to a checked address; the name stays for the certificate and the Host header. A
 * refusal is the `cause` of the client's error. They read no proxy from the environment: it would choose the address.
 * Clients must follow no redirects by themselves.
 */
export function guardedAgents(guard: AddressGuard): GuardedAgents {
  const http = new HttpAgent(LIKE_THE_GLOBAL_ONES);
  const https = new HttpsAgent(LIKE_THE_GLOBAL_ONES);
  const dial = (scheme: Scheme, { host, port }: ClientRequestArgs) =>
    guardedConnect({ guard, target: { scheme, host: host ?? '', port: Number(port) }, timeoutMs: CONNECT_MS });

  const encrypt = https.createConnection.bind(https);
  http.createConnection = later((options) => dial('http', options));
  https.createConnection = later(async (options) => {
    const over = { ...options, socket: await dial('https', options) };
    return encrypt(over) as Duplex;
  });
  return { http, https };
}

/** Returning nothing tells the agent that the socket comes later. */
function later(open: (options: ClientRequestArgs) => Promise<Duplex>) {
  return (options: ClientRequestArgs, done?: (error: Error | null, socket: Duplex) => void) => {
    void open(options).then(
      (socket) => done?.(null, socket),
      (error: unknown) => done?.(error as Error, undefined as never),
    );
    return undefined;
  };
}
