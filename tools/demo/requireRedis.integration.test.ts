import { requireRedis } from './requireRedis.ts';
import { takePort } from './takePort.ts';

it('is content with a Redis that answers', async () => {
  await expect(requireRedis(process.env['MUSTER_TEST_REDIS'] ?? '')).resolves.toBeUndefined();
});

it('says what to do where none answers, and keeps the password to itself', async () => {
  const port = await takePort(0);

  await expect(requireRedis(`redis://:secret@127.0.0.1:${port}`)).rejects.toThrow(
    `no Redis answers at 127.0.0.1:${port}, which REDIS_URL names: start it, or unset REDIS_URL to go without`,
  );
});

it('says what an address must look like, and keeps a mistyped one to itself', async () => {
  await expect(requireRedis('secret@nonsense')).rejects.toThrow(
    'REDIS_URL must look like redis://127.0.0.1:6379; unset it to go without Redis',
  );
});
