-- Files that came from outside and are no run's (libs/db/src/giveUpUnusedFiles.ts); those of bulk loads go with their load.
create index file_unused on file (company_id, created_at)
  where run_id is null and removed_at is null and key not like '%/imports/%';
