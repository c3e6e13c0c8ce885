import { type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

export interface Result {
  ref: unknown;
  result: unknown;
  reasons: unknown;
}

type Answer = (response: ServerResponse, honest: Result[]) => void | Promise<void>;

const json = { 'content-type': 'application/json' };
const PIECE = Buffer.alloc(64 * 1024, ' ');

/** Each result as it would be, but changed by `change`. */
const changed =
  (change: (results: Result[]) => unknown): Answer =>
  (response, honest) =>
    void response.writeHead(200, json).end(JSON.stringify({ results: change(honest) }));

const says =
  (status: number, body: string, headers: Record<string, string> = json): Answer =>
  (response) =>
    void response.writeHead(status, headers).end(body);

/** The ways in which a guard may answer what is no answer; `none` is the truth. */
export const guardLies = {
  none: changed((results) => results),
  notJson: says(200, 'all of them may be called'),
  html: says(200, '<html><body>Please log in, jane@canary.example</body></html>', { 'content-type': 'text/html' }),
  notUtf8: (response) => void response.writeHead(200, json).end(Buffer.from([0x22, 0xff, 0x22])),
  wrongShape: says(200, JSON.stringify({ checks: [] })),
  aList: says(200, JSON.stringify([{ ref: '1', result: true }])),
  noObjects: changed((results) => results.map(({ result }) => result)),
  noReasons: changed((results) => results.map((each) => ({ ...each, reasons: 'canary' }))),
  numberedRefs: changed((results) => results.map((each, at) => ({ ...each, ref: at }))),
  noBooleans: changed((results) => results.map((each) => ({ ...each, result: 'true' }))),
  nothingSaid: changed((results) => results.map(({ ref }) => ({ ref }))),
  contradicts: changed((results) => [...results.slice(0, -1), { ...results[0], result: !results[0]?.result }]),
  unasked: changed((results) => [{ ...results[0], ref: 'canary' }, ...results.slice(1)]),
  tooMany: changed((results) => [...results, ...results]),
  empty: changed(() => []),
  truncated: async (response, honest) => {
    const body = JSON.stringify({ results: honest });
    response.writeHead(200, { ...json, 'content-length': body.length });
    await new Promise((done) => response.write(body.slice(0, -9), done));
    response.destroy();
  },
  breaksOff: async (response) => {
    response.writeHead(200, json);
    await new Promise((done) => response.write('{"results":', done));
    response.destroy();
  },
  drips: async (response, honest) => {
    response.writeHead(200, json);
    for (const byte of Buffer.from(JSON.stringify({ results: honest }))) {
      if (response.destroyed) return;
      response.write(Buffer.of(byte));
      await pause(20);
    }
    response.end();
  },
  huge: async (response) => {
    response.writeHead(200, json);
    while (!response.destroyed) if (!response.write(PIECE)) await pause(1);
  },
  announcesHuge: (response) => void response.writeHead(200, { ...json, 'content-length': 2 ** 40 }).write('{'),
  gzipBomb: (response) =>
    void response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(5_000_000, ' '))),
  redirects: says(307, '', { location: 'http://127.0.0.1:1/canary' }),
  later: says(429, '', { 'retry-after': '7' }),
  soon: says(429, '', { 'retry-after': '0' }),
  fails: says(503, 'canary'),
  refuses: says(401, 'canary'),
  notThere: says(404, 'canary'),
  noContent: says(204, ''),
  resets: (response) => void response.socket?.resetAndDestroy(),
  silent: () => undefined,
} satisfies Record<string, Answer>;

export type GuardLie = keyof typeof guardLies;
