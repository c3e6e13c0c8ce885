import { createServer } from 'node:net';
import { type AddressInfo } from 'node:net';
import { openMetrics } from './metrics.ts';
import { serveMetrics } from './serveMetrics.ts';

/** A port that was free a moment ago. */
async function freePort() {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it('serves figures and a sign of life, and nothing else', async () => {
  const address = { METRICS_HOST: '127.0.0.1', METRICS_PORT: await freePort() };
  const served = await serveMetrics(openMetrics(), address);
  const ask = async (path: string, method = 'GET') => {
    const response = await fetch(`${served.url ?? ''}${path}`, { method });
    return [response.status, await response.text()] as const;
  };

  const [figures, alive, other, posted] = [
    await ask('/metrics?collect=all'),
    await ask('/livez'),
    await ask('/'),
    await ask('/metrics', 'POST'),
  ];
  await served.close();

  expect(figures).toEqual([200, expect.stringContaining('process_resident_memory_bytes')]);
  expect([alive, other[0], posted[0]]).toEqual([[200, 'alive\n'], 404, 404]);
});

it('says which address it cannot have', async () => {
  const address = { METRICS_HOST: '127.0.0.1', METRICS_PORT: await freePort() };
  const first = await serveMetrics(openMetrics(), address);

  await expect(serveMetrics(openMetrics(), address)).rejects.toMatchObject({
    code: 'metricsPortTaken',
    message: `METRICS_PORT ${address.METRICS_PORT} of METRICS_HOST 127.0.0.1 cannot be listened on (EADDRINUSE)`,
  });
  await first.close();
});

it('listens nowhere unless it is told to', async () => {
  const served = await serveMetrics(openMetrics(), { METRICS_HOST: '127.0.0.1', METRICS_PORT: 0 });

  expect(served.url).toBeUndefined();
  await served.close();
});
