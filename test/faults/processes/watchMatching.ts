import { openDatabase } from '@muster/db/openDatabase';
import { scratchTables } from '@muster/directory/scratchTables';
import { type AudienceScope } from '@muster/pipeline/ports';
import { dieAt, isArmed } from './crashPoints.ts';

/** Does some matching, and passes P6 while PostgreSQL is at work on the statement that matches. */
export async function watchMatching<Result>(scope: AudienceScope, match: () => Promise<Result>): Promise<Result> {
  if (!isArmed('P6')) return match();
  const over = new AbortController();
  const watching = openWatch(scope, over.signal).catch(() => undefined); // PostgreSQL is gone: nobody dies here
  await watching;
  try {
    return await match();
  } finally {
    over.abort();
    await (
      await watching
    )?.ended;
  }
}

/** Looks on, over a connection of its own, until it is over; resolves when it has begun to. */
async function openWatch(scope: AudienceScope, over: AbortSignal) {
  const db = await openDatabase({ url: process.env['DATABASE_URL'] ?? '', poolSize: 1, asLogin: true }); // others' statements are not for all roles
  const statement = `create unlogged table ${scratchTables(scope).matched} as`;
  const look = async () => {
    // it is not the first of those that are sent together
    const works = `select from pg_stat_activity where state = 'active' and strpos(query, $1) > 0`;
    while (!over.aborted) if ((await db.query(works, [statement])).length > 0) dieAt('P6');
  };
  return {
    ended: look()
      .catch(() => undefined)
      .finally(() => db.close()),
  };
}
