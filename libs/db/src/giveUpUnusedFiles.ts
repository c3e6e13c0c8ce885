import { type Database } from '@muster/core/database';
import { FILES_KEPT } from './filesKept.ts';

const AT_ONCE = 100;

/** SQL for files that are no run's and were put longer ago than their company keeps files; whoever holds one may be about to use it. */
export const unusedFiles = `select unused.* from company cross join lateral (
    select id, company_id, key, created_at from file
    where file.company_id = company.id and run_id is null and removed_at is null and key not like '%/imports/%'
      and created_at < now() - ${FILES_KEPT}
    order by created_at limit ${AT_ONCE} for update skip locked
  ) as unused limit ${AT_ONCE}`;

/**
 * Gives up the files that were put, and that no run names within the retention of their company, a bounded number at once;
 * gives how many. From then on each is an upload that became nothing, and its bytes are removed like those of all such.
 */
export async function giveUpUnusedFiles(db: Database): Promise<number> {
  return db.execute(
    `with unused as materialized (${unusedFiles}),
       given_up as (update file set removed_at = clock_timestamp() from unused where file.id = unused.id)
     insert into upload (folder, company_id, created_at)
     select regexp_replace(key, '[^/]+$', ''), company_id, created_at from unused
     on conflict (folder) do nothing`,
  );
}
