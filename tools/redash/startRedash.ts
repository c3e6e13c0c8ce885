import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { answerRequest, type World } from './answerRequest.ts';
import { type Fault, type FaultFor } from './faults.ts';
import { type JobTrick, redashJobs } from './redashJobs.ts';
import { sendReply } from './sendReply.ts';
import { defaultStatement, type SavedQuery } from './savedQuery.ts';

/** What the stand-in serves, and on which PostgreSQL it executes. */
export interface RedashOptions {
  databaseUrl: string;
  queries: SavedQuery[];
  userKeys: string[];
  /** Default: any that is free. */
  port?: number;
  /** Default: this machine only. */
  host?: string;
}

/** A request as the stand-in saw it. */
export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** A running stand-in. */
export interface Redash {
  url: string;
  /** Everything that was asked, in its order. */
  requests: SeenRequest[];
  /** Lets something go wrong with the next request that fits. */
  plan(fault: Fault, target?: FaultFor): void;
  /** Somebody else executes a query, as the scheduler does; gives the id of the job. */
  runElsewhere(queryId: number, trick?: JobTrick): string;
  stop(): Promise<void>;
}

type Plan = { fault: Fault; target: FaultFor; left: number };

/** Starts a server that answers like Redash 25.8 and really executes its queries. */
export async function startRedash(options: RedashOptions): Promise<Redash> {
  const { databaseUrl, queries, userKeys, host = '127.0.0.1', port = 0 } = options;
  const jobs = redashJobs(databaseUrl);
  const requests: SeenRequest[] = [];
  const plans: Plan[] = [];
  const server = createServer((request, response) => {
    answer({ queries, userKeys, jobs }, { request, response, requests, plans }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));

  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    requests,
    plan: (fault, target = {}) => void plans.push({ fault, target, left: target.times ?? 1 }),
    runElsewhere(queryId, trick) {
      const query = queries.find(({ id }) => id === queryId);
      if (!query) throw new Error(`there is no query ${queryId}`);
      return jobs.start(defaultStatement(query), trick).id;
    },
    async stop() {
      server.closeAllConnections();
      await Promise.all([new Promise((resolve) => server.close(resolve)), jobs.stop()]);
    },
  };
}

interface Visit {
  request: IncomingMessage;
  response: ServerResponse;
  requests: SeenRequest[];
  plans: Plan[];
}

async function answer(world: World, { request, response, requests, plans }: Visit): Promise<void> {
  const { method = 'GET', headers, url: path = '/' } = request;
  const url = new URL(`http://${headers.host ?? 'localhost'}${path}`);
  const body = await text(request);
  requests.push({ method, path, headers, body });
  const fault = takeFault(plans, method, path);
  const reply =
    fault?.instead ?? answerRequest(world, { method, url, key: keyIn(url, headers), body, trick: fault?.trick });
  await (fault?.send ?? sendReply)(response, reply);
}

function takeFault(plans: Plan[], method: string, path: string): Fault | undefined {
  const plan = plans.find(
    ({ target, left }) => left > 0 && (target.method ?? method) === method && (target.path?.test(path) ?? true),
  );
  if (plan) plan.left -= 1;
  return plan?.fault;
}

/** The one in the address wins over the header; `Key ` is merely cut off. */
function keyIn(url: URL, { authorization }: IncomingMessage['headers']): string | undefined {
  return url.searchParams.get('api_key') ?? authorization?.replace('Key ', '');
}
