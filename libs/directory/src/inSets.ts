import { type Database } from '@muster/core/database';
import { quoteLiteral } from './sqlText.ts';

export interface SetOptions {
  /** Memory that one sort or hash may take in PostgreSQL; default 128MB. */
  workMem?: string;
}

/**
 * Gives a function that runs work on large sets: in a transaction of its own, with memory for it, and canceled in the
 * database when `signal` says so, because a statement does not look at signals by itself. Whether a failure comes of that,
 * the signal tells, and not the failure.
 */
export function inSets(db: Database, { workMem = '128MB' }: SetOptions) {
  const opening = `select pg_backend_pid() as pid, set_config('work_mem', ${quoteLiteral(workMem)}, true), set_config('hash_mem_multiplier', '2', true)`;
  return async <Result>(work: (tx: Database) => Promise<Result>, signal?: AbortSignal): Promise<Result> => {
    signal?.throwIfAborted();
    return db.transaction(async (tx, [opened]) => {
      return cancelable(work(signal ? abortable(tx, signal) : tx), () => cancelStatement(db, opened?.['pid']), signal);
    }, opening);
  };
}

// A statement that runs is canceled from outside; one that has not begun must not begin.
function abortable(tx: Database, signal: AbortSignal): Database {
  return {
    ...tx,
    query: async (...statement) => {
      signal.throwIfAborted();
      return tx.query(...statement);
    },
    execute: async (...statement) => {
      signal.throwIfAborted();
      return tx.execute(...statement);
    },
  };
}

/** As who we have logged in as: the roles that see rows may cancel nobody's statements, not even their own. */
function cancelStatement(db: Database, pid: unknown): Promise<unknown> {
  return db.transaction(async (tx) => {
    await tx.query(`select set_config('role', 'none', true)`);
    await tx.query('select pg_cancel_backend($1)', [pid]);
  });
}

// Waits for a cancel that is on its way, so that it never meets whoever uses the connection next.
async function cancelable<Result>(work: Promise<Result>, cancel: () => Promise<unknown>, signal?: AbortSignal) {
  let canceled: Promise<unknown> | undefined;
  const listener = () => {
    canceled = cancel().catch(() => undefined);
  };
  signal?.addEventListener('abort', listener);
  try {
    return await work;
  } finally {
    signal?.removeEventListener('abort', listener);
    await canceled;
  }
}
