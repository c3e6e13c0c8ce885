import { codeOf, MusterError, TemporaryFailure } from '@muster/core/errors';

// Out of reach, going down, out of room: trying again can help, and so it can where others were in the way.
const AWAY = /^(08|53|57P|25P03|ECONN|EPIPE|ETIMEDOUT|ENOENT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN)/;
const BUSY = /^(40001|40P01|55P03|57014)$/;
const REPLACED_KEY = 'MS001'; // ours: migration `rotation`
const AWAY_IN_WORDS =
  /connection terminated|timeout exceeded when trying to connect|not queryable|connection error|driver not connected/i;

/**
 * Ours for an error of the database: TemporaryFailure `databaseUnavailable` or `databaseBusy` where trying again can help, and
 * `secretKeyReplaced` for a secret sealed with a replaced key; else as it is.
 */
export function translateDatabaseError(error: unknown): unknown {
  if (error instanceof MusterError) return error;
  const cause = (error as { driverError?: unknown } | null)?.driverError ?? error; // TypeORM wraps what pg throws
  const code = codeOf(cause) ?? '';
  const words = (cause as { message?: string } | null)?.message ?? '';
  if (BUSY.test(code)) {
    return new TemporaryFailure('databaseBusy', `the database was busy: what was asked took too long (${code})`);
  }
  if (code === REPLACED_KEY) return secretKeyReplaced();
  if (!AWAY.test(code) && !AWAY_IN_WORDS.test(words)) return error;
  return new TemporaryFailure('databaseUnavailable', `the database cannot be reached (${code || 'connection lost'})`);
}

/** What a process with an old secret key is told: another one, started with the new key, can do what this one cannot. */
export function secretKeyReplaced(): TemporaryFailure {
  const message =
    'the secret key was replaced, and the process that answered still has the old one: it ends itself; try again. Nothing was ' +
    'stored, and nothing is wrong with the secret';
  return new TemporaryFailure('secretKeyReplaced', message);
}
