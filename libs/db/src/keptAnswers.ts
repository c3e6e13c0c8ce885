import { type Database } from '@muster/core/database';
import { codeOf, Conflict } from '@muster/core/errors';
import { type CompanyDatabase } from './openDatabase.ts';

/** An answer as it was first given. */
export interface KeptAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

interface KeptRow extends KeptAnswer {
  fingerprint: string;
}

const KEPT_FOR = `interval '24 hours'`;
const WAIT_FOR_TWIN = '30s';

/**
 * Takes a key for this transaction: undefined, and what is done now is the first; or what was answered then. While a twin
 * is at work this waits for its end: the unique key of its uncommitted row does. Throws Conflict `idempotencyKeyBusy`
 * after 30 s.
 */
export async function takeKey(
  tx: CompanyDatabase,
  { key, fingerprint }: { key: string; fingerprint: string },
): Promise<KeptRow | undefined> {
  await tx.execute(`select set_config('lock_timeout', '${WAIT_FOR_TWIN}', true)`);
  const taken = await tx
    .execute(
      `insert into kept_answer (company_id, key, fingerprint) values ($1, $2, $3)
       on conflict (company_id, key) do update set fingerprint = excluded.fingerprint, status = null, created_at = now()
       where kept_answer.created_at < now() - ${KEPT_FOR}`,
      [tx.companyId, key, fingerprint],
    )
    .catch((error: unknown) => {
      if (codeOf(error) === 'databaseBusy') throw busy(key);
      throw error;
    });
  if (taken > 0) return undefined;
  const [kept] = await tx.query<KeptRow>(
    'select fingerprint, status, headers, body from kept_answer where company_id = $1 and key = $2',
    [tx.companyId, key],
  );
  if (!kept) throw busy(key);
  return kept;
}

/** Keeps the answer to the key that this transaction has taken. */
export async function keepAnswer(tx: CompanyDatabase, key: string, { status, headers, body }: KeptAnswer) {
  await tx.execute('update kept_answer set status = $3, headers = $4, body = $5 where company_id = $1 and key = $2', [
    tx.companyId,
    key,
    status,
    headers,
    body,
  ]);
}

/** Removes the answers past their time, a bounded number at once; gives how many. */
export function dropOldAnswers(db: Database): Promise<number> {
  return db.execute(
    `delete from kept_answer where ctid in
       (select ctid from kept_answer where created_at < now() - ${KEPT_FOR} limit 10000)`,
  );
}

function busy(key: string) {
  const message = `a request with the Idempotency-Key ${key} is still at work: ask again later with the same key`;
  return new Conflict('idempotencyKeyBusy', message);
}
