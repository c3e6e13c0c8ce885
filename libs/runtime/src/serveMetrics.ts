import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { codeOf, PermanentFailure } from '@muster/core/errors';
import { type Metrics } from './metrics.ts';

const SLOWEST_MS = 10_000;

/** Where a process that serves nothing else can be looked at. */
export interface MetricsPort {
  /** `http://127.0.0.1:9101`; undefined where it is switched off. */
  url: string | undefined;
  close(): Promise<void>;
}

export interface MetricsAddress {
  METRICS_HOST: string;
  /** 0: off. */
  METRICS_PORT: number;
}

/**
 * Serves `/metrics` and `/livez` of a process without an API, to whoever reaches the address: figures hold no ids. Throws
 * PermanentFailure `metricsPortTaken` where it cannot listen.
 */
export async function serveMetrics(
  metrics: Metrics,
  { METRICS_HOST: host, METRICS_PORT: port }: MetricsAddress,
): Promise<MetricsPort> {
  if (port === 0) return { url: undefined, close: () => Promise.resolve() };
  const server = createServer({ requestTimeout: SLOWEST_MS, headersTimeout: SLOWEST_MS }, (req, res) => {
    answer(metrics, `${req.method ?? ''} ${(req.url ?? '').split('?')[0] ?? ''}`, res).catch(() => res.destroy());
  });
  await listen(server, { host, port });
  const { address, family, port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(metrics: Metrics, request: string, res: ServerResponse) {
  const plain = { 'Content-Type': 'text/plain; charset=utf-8' };
  switch (request) {
    case 'GET /metrics': {
      const { contentType, text } = await metrics.scrape();
      res.writeHead(200, { 'Content-Type': contentType }).end(text);
      break;
    }
    case 'GET /livez':
      res.writeHead(200, plain).end('alive\n');
      break;
    default:
      res.writeHead(404, plain).end('there are GET /metrics and GET /livez\n');
  }
}

function listen(server: Server, { host, port }: { host: string; port: number }) {
  return new Promise<void>((resolve, reject) => {
    const refuse = (error: Error) => {
      const message = `METRICS_PORT ${port} of METRICS_HOST ${host} cannot be listened on (${codeOf(error) ?? 'no reason given'})`;
      reject(new PermanentFailure('metricsPortTaken', message));
    };
    server.once('error', refuse).listen(port, host, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}
