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
