import { TemporaryFailure } from '@muster/core/errors';
import { storeTrouble } from './queueTrouble.ts';

const failed = (message: string, code?: string) => Object.assign(new Error(message), code !== undefined && { code });

it.each([
  [failed('connect ECONNREFUSED 10.1.2.3:6379', 'ECONNREFUSED'), 'storeUnreachable', 'ECONNREFUSED'],
  [failed('getaddrinfo ENOTFOUND redis.bank.internal', 'ENOTFOUND'), 'storeUnreachable', 'ENOTFOUND'],
  [failed('Connection is closed.'), 'storeUnreachable', undefined],
  [failed('Connection terminated unexpectedly'), 'storeUnreachable', undefined],
  [failed("Stream isn't writeable and enableOfflineQueue options is false"), 'storeUnreachable', undefined],
  [failed('terminating connection due to administrator command', '57P01'), 'storeUnreachable', '57P01'],
  [failed('Command timed out'), 'storeSilent', undefined],
  [failed('WRONGPASS invalid username-password pair or user is disabled.'), 'storeRefusesLogin', 'WRONGPASS'],
  [failed('password authentication failed for user "muster"', '28P01'), 'storeRefusesLogin', '28P01'],
  [failed("READONLY You can't write against a read only replica. script: abc"), 'storeReadOnly', 'READONLY'],
  [failed("OOM command not allowed when used memory > 'maxmemory'."), 'storeFull', 'OOM'],
  [failed('LOADING Redis is loading the dataset in memory'), 'storeStarting', 'LOADING'],
  [failed('could not renew lock for job 6f1c2d7e-query-1'), 'lockLost', undefined],
  [failed('something that nobody foresaw of redis.bank.internal'), 'storeFailed', undefined],
  ['no error at all', 'storeFailed', undefined],
])('has a word of ours for %s', (error, reason, code) => {
  expect(storeTrouble(error)).toMatchObject({ reason, ...(code !== undefined && { code }) });
});

it('names no host, no user and no command', () => {
  const told = ['connect ECONNREFUSED 10.1.2.3:6379', 'no such user "anna"', 'ERR unknown command hset secret'].map(
    (text) => JSON.stringify(storeTrouble(failed(text))),
  );
  expect(told.join()).not.toMatch(/10\.1|6379|anna|hset|secret/);
});

it('leaves our own errors their code and their sentence, and says of which queue', () => {
  const ours = new TemporaryFailure('queueSchemaMissing', 'run "npm run migrate"');
  const told = { reason: 'queueSchemaMissing', message: 'run "npm run migrate"', queue: 'filter' };
  expect(storeTrouble(ours, 'filter')).toEqual(told);
});
