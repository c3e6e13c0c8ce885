-- What is asked again and again, whatever happens, reads no more the more is kept (docs/scale.md).

-- Of the tasks that have ended those of one kind, by when: what is to be forgotten, among all that is remembered.
drop index task_ended;
create index task_ended on task (kind, status, finished_at) where status in ('succeeded', 'failed');
-- When a company had its last turn.
create index task_turn on task (company_id, kind, started_at) where status in ('succeeded', 'failed');
-- By the folder itself, once it was removed.
drop index task_source;
create index task_source on task (source_folder) where source_folder is not null;
-- Refused rows of bulk loads that are there still.
create index file_refused on file (company_id, created_at)
  where run_id is null and removed_at is null and key like '%/imports/%';

-- The places that are taken, among all runs that wait for one.
create index run_placed on run (company_id) where status in ('pending', 'running') and rung_at is not null;
