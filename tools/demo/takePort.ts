import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** The wished port of 127.0.0.1 if nobody has it, else a free one: a port in use is no obstacle. */
export async function takePort(wished: number): Promise<number> {
  return (await probe(wished)) ?? (await probe(0)) ?? 0;
}

async function probe(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch {
    return undefined; // taken, or not ours to take
  }
  const { port: taken } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return taken;
}
