import { type Database } from '@muster/core/database';
import { Conflict } from '@muster/core/errors';

/** What our processes call themselves to PostgreSQL. */
export const processNames = ['muster-api', 'muster-worker', 'muster-scheduler'] as const;
export type ProcessName = (typeof processNames)[number];

/** Which of our processes are connected to this database just now; each holds one connection as long as it lives. */
export async function connectedProcesses(db: Database): Promise<ProcessName[]> {
  const rows = await db.query<{ name: ProcessName }>(
    `select distinct application_name as name from pg_stat_activity
     where datname = current_database() and application_name = any($1) order by name`,
    [processNames],
  );
  return rows.map(({ name }) => name);
}

/** For what is done while nothing runs. Throws Conflict `processesConnected`. */
export async function refuseConnected(db: Database): Promise<void> {
  const names = await connectedProcesses(db);
  if (names.length === 0) return;
  const message =
    `still connected to this database: ${names.join(', ')}. Stop all of them first; of a host that is gone, PostgreSQL may need ` +
    'a while to notice. Nothing was changed';
  throw new Conflict('processesConnected', message, { details: { names } });
}
