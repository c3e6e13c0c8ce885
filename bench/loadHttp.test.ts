import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { lengthOf, loadHttp, type LoadRequest, requestsTo } from './loadHttp.ts';

it.each([
  ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n', undefined],
  ['HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhe', 43],
  ['HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n', 46],
])('knows how long %j will be', (head, length) => {
  expect(lengthOf(Buffer.from(head))).toBe(length);
});

async function served(status: number, afterMs = 0) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method ?? ''} ${request.url ?? ''}`);
    request.resume().on('end', () => {
      setTimeout(() => response.writeHead(status, { 'Content-Length': 2 }).end('{}'), afterMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { seen, url, close: () => new Promise((resolve) => server.close(resolve)) };
}

it('asks for every path once, and tells how long each took', async () => {
  const { seen, url, close } = await served(200);
  const paths = ['/a', '/b', '/c', '/d'];

  const { latenciesMs } = await loadHttp({
    ...{ url, clients: 2, seconds: 20 },
    requests: requestsTo(paths, { method: 'POST', apiKey: 'key' }),
  });
  await close();

  expect(seen.sort()).toEqual(paths.map((path) => `POST ${path}`));
  expect(latenciesMs).toHaveLength(4);
});

it('fails where a request does', async () => {
  const { url, close } = await served(429);
  const requests = requestsTo(['/a'], { method: 'GET', apiKey: 'key' });

  await expect(loadHttp({ url, requests, clients: 1, seconds: 20 })).rejects.toThrow('429');
  await close();
});

it('counts from the moment at which a request should have been made, and makes no more than there are moments', async () => {
  const answeredAfterMs = 50;
  const { url, close } = await served(200, answeredAfterMs);

  const { latenciesMs } = await loadHttp({ url, requests: endless(), clients: 1, seconds: 0.1, perSecond: 100 });
  await close();

  expect(latenciesMs).toHaveLength(10);
  expect(Math.max(...latenciesMs)).toBeGreaterThan(4 * answeredAfterMs); // one connection: the last has waited for the others
});

function* endless(): Generator<LoadRequest> {
  for (;;) yield { method: 'POST', path: '/a', headers: {}, body: '{"text":"æ"}' };
}
