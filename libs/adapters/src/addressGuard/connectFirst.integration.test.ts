import { type ConnectionCount, countConnections } from '../../../../tools/network/countConnections.ts';
import { connectFirst } from './connectFirst.ts';

describe('a connection to the first address that answers', () => {
  let here: ConnectionCount;
  beforeEach(async () => {
    here = await countConnections('127.0.0.1', '127.0.0.2');
  });
  afterEach(() => here.stop());
  const call = (addresses: string[]) => connectFirst(addresses, { port: here.port, timeoutMs: 2_000 });

  it('is the only one, even when it breaks later on', async () => {
    const socket = await call(['127.0.0.1', '127.0.0.2']);
    socket.destroy(new Error('cut'));
    await new Promise((done) => socket.once('close', done));
    await call(['127.0.0.1']); // whatever had been begun before it would have come by now

    expect(here.seen).toMatchObject({ '127.0.0.1': 2, '127.0.0.2': 0 });
  });

  it('says why the last one failed', async () => {
    await here.stop();

    await expect(call(['127.0.0.1', '127.0.0.1'])).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('is none where there is no address', async () => {
    await expect(call([])).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('is not made any more when the time is up or the signal says so', async () => {
    const reason = new Error('the lease is lost');

    await expect(connectFirst(['127.0.0.1'], { port: here.port, timeoutMs: -1 })).rejects.toMatchObject({
      code: 'ETIMEDOUT',
    });
    const signal = AbortSignal.abort(reason);
    await expect(connectFirst(['127.0.0.1'], { port: here.port, timeoutMs: 2_000, signal })).rejects.toBe(reason);
  });
});
