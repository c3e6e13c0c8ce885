-- Files of runs leave the file store once their company's retention is over (libs/db/src/pastFiles.ts).
alter table run
  -- when their removal was begun, or tried again: from then on nobody is given them, and the run is not reopened
  add files_leaving_at timestamptz(3),
  add files_removed_at timestamptz(3);
create index run_files_kept on run (company_id, finished_at)
  where files_removed_at is null and status in ('succeeded', 'failed', 'canceled');
