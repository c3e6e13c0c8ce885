import { type RequestListener, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '@muster/testing/waitFor';
import { serveApi } from './serveApi.ts';

const home = { host: '127.0.0.1', port: 0 };

function holdRequests() {
  const held: ServerResponse[] = [];
  const listener: RequestListener = (_req, res) => void held.push(res);
  return { held, listener };
}

it('lets a request under way end, and then closes', async () => {
  const { held, listener } = holdRequests();
  const api = await serveApi(listener, home);
  const answer = fetch(api.url).then((response) => response.text());
  await waitFor(() => held.length > 0);
  const closed = api.close(10_000);
  await expect(fetch(api.url)).rejects.toThrow();
  held[0]!.end('whole');
  expect(await answer).toBe('whole');
  await closed;
});

it('cuts off what has not ended in time', async () => {
  const { held, listener } = holdRequests();
  const api = await serveApi(listener, home);
  const answer = fetch(api.url).catch(() => 'cut off');
  await waitFor(() => held.length > 0);
  await api.close(50);
  expect(await answer).toBe('cut off');
});

it('cuts off who does not send a request whole in time, but lets an upload take its time', async () => {
  const api = await serveApi((req, res) => void req.resume().on('end', () => res.end()), {
    ...home,
    requestWithinMs: 50,
  });
  const send = async (path: string) => {
    const socket = connect(Number(new URL(api.url).port));
    const answer = text(socket);
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n1`);
    const ended = await Promise.race([answer, pause(500)]);
    socket.end('2');
    return ended ?? (await answer);
  };
  const paths = ['/api/campaigns', '/api/imports/people', '/api/companies/CP-A-B/files?name=a.csv'];
  const answers = await Promise.all(paths.map(send));
  const lines = answers.map((answer) => answer.split('\r\n')[0]);
  expect(lines).toEqual(['HTTP/1.1 408 Request Timeout', 'HTTP/1.1 200 OK', 'HTTP/1.1 200 OK']);
  await api.close(50);
});

it('refuses in JSON, as all else is refused, what Node itself cannot read', async () => {
  const api = await serveApi((_req, res) => void res.end('fine'), {
    ...home,
    requestWithinMs: 50,
    headersWithinMs: 50,
  });
  const port = Number(new URL(api.url).port);
  const talk = async (sent: string) => {
    const socket = connect(port);
    socket.write(sent);
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
    return { line: head.split('\r\n')[0], head, body };
  };
  const refusals = [
    [`GET / HTTP/1.1\r\nX-Long: ${'x'.repeat(100_000)}\r\n\r\n`, 431, 'headersTooLarge'],
    ['POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n', 400, 'badRequest'],
    ['hello\r\n\r\n', 400, 'badRequest'],
  ] as const;

  for (const [sent, status, code] of refusals) {
    const { line, head, body } = await talk(sent);
    expect(line).toContain(`HTTP/1.1 ${status} `);
    expect(head).toContain('Content-Type: application/json');
    expect(head).toContain(`Content-Length: ${body.length}`);
    expect(JSON.parse(body)).toEqual({
      ...{ status, code, message: expect.any(String) as string, errors: [] },
      requestId: /^X-Request-Id: (.+)$/m.exec(head)?.[1]?.trim(),
    });
  }
  await api.close(50);
});

it('tells in JSON who is too slow with headers or body', async () => {
  const api = await serveApi((req, res) => void req.resume().on('end', () => res.end()), {
    ...{ ...home, requestWithinMs: 50, headersWithinMs: 50 },
  });
  for (const sent of ['GET / HTTP/1.1\r\nX-', 'PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n1']) {
    const socket = connect(Number(new URL(api.url).port));
    socket.write(sent);
    const [, body = ''] = (await text(socket)).split('\r\n\r\n');
    expect(JSON.parse(body)).toMatchObject({ status: 408, code: 'tooSlow' });
  }
  await api.close(50);
});

it('puts no second answer into the middle of a first', async () => {
  const api = await serveApi((_req, res) => void res.writeHead(200, { 'Content-Length': 100 }).write('half'), home);
  const socket = connect(Number(new URL(api.url).port)).on('error', () => undefined);
  const got: string[] = [];
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('data', (bytes) => got.push(bytes.toString()));
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
  await waitFor(() => got.join('').endsWith('half'));
  socket.write('zz\r\n');
  await closed;
  expect(got.join('')).toMatch(/^HTTP\/1.1 200 .*half$/s);
  await api.close(50);
});

it('waits no longer for an upload that is refused already', async () => {
  const api = await serveApi((_req, res) => void res.writeHead(401).end(), { ...home, requestWithinMs: 50 });
  const socket = connect(Number(new URL(api.url).port)).on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.resume().write('POST /api/files?name=a.csv HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n1');
  await closed;
  await api.close(50);
  expect(socket.destroyed).toBe(true);
});

it('says that a port is taken', async () => {
  const api = await serveApi(holdRequests().listener, home);
  const port = Number(new URL(api.url).port);
  await expect(serveApi(holdRequests().listener, { ...home, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await api.close(50);
});
