import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { lengthOf, loadHttp } from './loadHttp.ts';

it.each([
  ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n', undefined],
  ['HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhe', 43],
  ['HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n', 46],
])('knows how long %j will be', (head, length) => {
  expect(lengthOf(Buffer.from(head))).toBe(length);
});

async function served(status: number) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method ?? ''} ${request.url ?? ''}`);
    request.resume().on('end', () => response.writeHead(status, { 'Content-Length': 2 }).end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { seen, url, close: () => new Promise((resolve) => server.close(resolve)) };
}

it('asks for every path once, and tells how long each took', async () => {
  const { seen, url, close } = await served(200);
  const paths = ['/a', '/b', '/c', '/d'];

  const { latenciesMs } = await loadHttp({
    ...{ url, method: 'POST', apiKey: 'key', clients: 2, seconds: 20 },
    paths: paths.values(),
  });
  await close();

  expect(seen.sort()).toEqual(paths.map((path) => `POST ${path}`));
  expect(latenciesMs).toHaveLength(4);
});

it('fails where a request does', async () => {
  const { url, close } = await served(429);
  const load = { url, method: 'GET', apiKey: 'key', clients: 1, seconds: 20, paths: ['/a'].values() } as const;

  await expect(loadHttp(load)).rejects.toThrow('429');
  await close();
});
