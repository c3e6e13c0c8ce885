import { type RequestListener, type ServerResponse } from 'node:http';
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

it('says that a port is taken', async () => {
  const api = await serveApi(holdRequests().listener, home);
  const port = Number(new URL(api.url).port);
  await expect(serveApi(holdRequests().listener, { ...home, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await api.close(50);
});
