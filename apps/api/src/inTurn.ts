import { Conflict } from '@muster/core/errors';
import { takeTurns } from './takeTurns.ts';

/**
 * Does work once what was begun before under the same name is over: twins wait here, without a connection to the database
 * each. Throws Conflict `idempotencyKeyBusy` after 30 s.
 */
export const inTurn = takeTurns({
  most: 1,
  waitMs: 30_000,
  late: () => {
    const message = 'a request with this Idempotency-Key is still at work: ask again later with the same key';
    return new Conflict('idempotencyKeyBusy', message);
  },
});
