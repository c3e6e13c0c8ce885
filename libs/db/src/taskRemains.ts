import { type Database } from '@muster/core/database';
import { type TaskRemains } from '@muster/pipeline/tidyTasks';
import { tidyDecisions } from './decisions.ts';
import { FILES_KEPT } from './filesKept.ts';

const ANSWERS_KEPT = `interval '1 hour'`;
const IMPORTS_KEPT = `interval '90 days'`;
const UPLOADS_TAKE = `interval '1 day'`; // the longest that one may take; what is older became nothing
const MOST = 100;
/** The folder of a file: all of its key before the name. */
const FOLDER = `regexp_replace(file.key, '[^/]+$', '')`;
/** The bulk load that has put a file, by where it lies (`refusedFolder` of libs/pipeline/src/loadImport.ts). */
const IMPORT_OF_KEY = `split_part(file.key, '/', 3)`;

const REFUSED_KEPT = `least(${IMPORTS_KEPT}, ${FILES_KEPT})`;
// By the files that are there still, of which an index knows: bulk loads are remembered for longer than their refused rows.
// Everywhere now() and not the clock of each row, so that the indexes know where to end.
const PAST_REFUSED = `select id, key from file
  where file.company_id = company.id and run_id is null and removed_at is null and key like '%/imports/%'
    and created_at < now() - ${REFUSED_KEPT}
  order by created_at limit ${MOST}`;

/** What the tasks of all companies leave behind. */
export function taskRemains(db: Database): TaskRemains {
  return {
    endGivenUp: () => endGivenUp(db),
    oldAnswers: () => oldAnswers(db),
    forgetAnswer: async (id) => {
      await db.execute('delete from task where id = $1', [id]);
    },
    forgetImports: () => forgetImports(db),
    tidyDecisions: () => tidyDecisions(db),
    oldFolders: () => oldFolders(db),
    folderRemoved: (folder) => folderRemoved(db, folder),
  };
}

/** Also those whose worker was lost after the caller had gone. */
async function endGivenUp(db: Database) {
  await db.execute(
    `update task set status = 'failed', lease_until = null, finished_at = clock_timestamp(), updated_at = clock_timestamp(),
       error_code = 'abandoned', error_message = 'nobody waited for it any longer'
     where kind in ('preview', 'check') and status in ('pending', 'running')
       and (lease_until is null or lease_until < clock_timestamp())
       and (expires_at < clock_timestamp() or cancel_asked_at is not null)`,
  );
}

async function oldAnswers(db: Database): Promise<string[]> {
  // in any order: those that cannot be tidied hold up no others
  const rows = await db.query<{ id: string }>(
    `select id from task where kind in ('preview', 'check') and status in ('succeeded', 'failed')
       and finished_at < now() - ${ANSWERS_KEPT}
     order by random() limit ${MOST}`,
  );
  return rows.map(({ id }) => id);
}

async function forgetImports(db: Database) {
  const old = `
    select id, result ->> 'refusedFileId' as file_id from task
    where kind = 'import' and status in ('succeeded', 'failed') and finished_at < now() - ${IMPORTS_KEPT}
      and source_folder is null
      and not exists (select from file where file.id = task.result ->> 'refusedFileId' and file.removed_at is null)
    limit ${MOST} for update skip locked`;
  await db.execute(
    `with old as (${old}), files as (delete from file using old where file.id = old.file_id)
     delete from task using old where task.id = old.id`,
  );
}

async function oldFolders(db: Database): Promise<string[]> {
  // of one that failed, the refused rows of its tries as well
  const rows = await db.query<{ folder: string }>(
    `(select unnest(case when status = 'failed' then array[company_id || '/imports/' || id || '/'] end || source_folder) as folder
      from task where source_folder is not null and status in ('succeeded', 'failed') limit ${MOST / 2})
     union all
     (select ${FOLDER} from company cross join lateral (${PAST_REFUSED}) as file
      join task on task.id = ${IMPORT_OF_KEY} and task.result ->> 'refusedFileId' = file.id
      where task.finished_at < now() - ${REFUSED_KEPT} limit ${MOST})
     union all
     (select folder from upload where created_at < clock_timestamp() - ${UPLOADS_TAKE} limit ${MOST})
     limit ${MOST}`,
  );
  return rows.map(({ folder }) => folder);
}

async function folderRemoved(db: Database, folder: string) {
  await db.transaction(async (tx) => {
    await tx.execute('update task set source_folder = null where source_folder = $1', [folder]);
    await tx.execute('delete from upload where folder = $1', [folder]);
    await tx.execute(
      `update file set removed_at = clock_timestamp() from task
       where task.id = split_part($1, '/', 3) and task.result ->> 'refusedFileId' = file.id
         and ${FOLDER} = $1 and file.removed_at is null`,
      [folder],
    );
  });
}
