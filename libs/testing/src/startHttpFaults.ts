import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

/** What is done to a request. */
export type HttpFault =
  /** It is refused with this status, and the server never hears of it. */
  | { answer: number; body?: string }
  /** The server does it, and the caller never hears of it. */
  | 'loseReply'
  /** The connection breaks after so many bytes of the answer's body. */
  | { cutBodyAfter: number }
  /** The answer's body stops after so many bytes, and nothing more comes. */
  | { stallBodyAfter: number }
  /** It is answered with this, and the server never hears of it. */
  | { answerWith: (range: string | undefined) => FakeAnswer }
  /** Nobody answers at all. */
  | 'silence';

/** An answer that a server could give. */
export interface FakeAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** A request as the server was to see it. */
export interface SeenRequest {
  method: string;
  /** With its query. */
  path: string;
  headers: IncomingMessage['headers'];
}

export interface HttpFaults {
  /** The server as seen through this proxy. */
  endpoint: string;
  seen: SeenRequest[];
  /** Does `fault` to the next `times` requests (default 1) that `which` is true of. */
  next(which: (request: SeenRequest) => boolean, fault: HttpFault, times?: number): void;
  /** Does no more harm. */
  clear(): void;
  stop(): Promise<void>;
}

interface Planned {
  which: (request: SeenRequest) => boolean;
  fault: HttpFault;
  times: number;
}

/** Puts a proxy before an HTTP server that hands everything on as it is, except where it is told to do harm. */
export async function startHttpFaults(target: string): Promise<HttpFaults> {
  const seen: SeenRequest[] = [];
  const plan: Planned[] = [];
  const server = createServer((req, res) => {
    const here = { method: req.method ?? '', path: req.url ?? '', headers: req.headers };
    seen.push(here);
    const planned = plan.find(({ which, times }) => times > 0 && which(here));
    if (planned) planned.times--;
    handOn({ target, req, res, fault: planned?.fault });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    next: (which, fault, times = 1) => void plan.push({ which, fault, times }),
    clear: () => void (plan.length = 0),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Exchange {
  target: string;
  req: IncomingMessage;
  res: ServerResponse;
  fault: HttpFault | undefined;
}

function handOn({ target, req, res, fault }: Exchange) {
  if (fault === 'silence') return void req.resume();
  if (typeof fault === 'object' && 'answer' in fault) {
    req.resume().on('end', () => res.writeHead(fault.answer, { 'Content-Type': 'application/xml' }).end(fault.body));
    return;
  }
  if (typeof fault === 'object' && 'answerWith' in fault) {
    const { status, headers, body } = fault.answerWith(req.headers.range);
    req.resume().on('end', () => res.writeHead(status, headers).end(body));
    return;
  }
  const far = request(
    target + (req.url ?? ''),
    { method: req.method, headers: req.headers, agent: false },
    (answer) => {
      if (fault === 'loseReply') return void answer.resume().on('end', () => req.socket.destroy());
      res.writeHead(answer.statusCode ?? 500, answer.headers);
      if (fault) harmBody(answer, res, fault);
      else answer.pipe(res);
    },
  );
  far.on('error', () => req.socket.destroy());
  res.on('close', () => far.destroy());
  req.pipe(far);
}

function harmBody(
  answer: IncomingMessage,
  res: ServerResponse,
  fault: { cutBodyAfter: number } | { stallBodyAfter: number },
) {
  const most = 'cutBodyAfter' in fault ? fault.cutBodyAfter : fault.stallBodyAfter;
  let passed = 0;
  answer.on('data', (bytes: Buffer) => {
    if (passed >= most) return;
    const part = bytes.subarray(0, most - passed);
    passed += part.length;
    res.write(part, () => {
      if (passed >= most && 'cutBodyAfter' in fault) res.destroy();
    });
  });
}
