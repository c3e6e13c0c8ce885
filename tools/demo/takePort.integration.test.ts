import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { takePort } from './takePort.ts';

it('takes another port when somebody has the wished one', async () => {
  const neighbour = createServer().listen(0, '127.0.0.1');
  await once(neighbour, 'listening');
  const { port } = neighbour.address() as AddressInfo;

  const taken = await takePort(port);

  expect(taken).toBeGreaterThan(0);
  expect(taken).not.toBe(port);
  neighbour.close();
  await once(neighbour, 'close');
});

it('takes the wished port when it is free', async () => {
  const wished = await takePort(0);

  await expect(takePort(wished)).resolves.toBe(wished);
});
