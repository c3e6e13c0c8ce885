import { checkServer } from './redisStore.ts';

const infoOf = (fields: Record<string, string>) =>
  Object.entries({ maxmemory_policy: 'noeviction', aof_enabled: '1', ...fields })
    .map(([name, value]) => `${name}:${value}\r\n`)
    .join('');

it('refuses a Redis that throws keys away when its memory is full', () => {
  const info = infoOf({ maxmemory_policy: 'allkeys-lru' });

  expect(() => checkServer(info, () => undefined)).toThrow('allkeys-lru): set it to noeviction');
});

it('warns of a Redis that keeps no append-only file', () => {
  const lines: unknown[] = [];

  checkServer(infoOf({ aof_enabled: '0' }), (line) => lines.push(line));

  expect(lines).toMatchObject([{ reason: 'storeForgets' }]);
});

it('has nothing to say about a Redis that keeps everything', () => {
  const lines: unknown[] = [];

  checkServer(infoOf({}), (line) => lines.push(line));

  expect(lines).toEqual([]);
});
