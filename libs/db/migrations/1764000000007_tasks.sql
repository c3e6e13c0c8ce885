-- Work that a worker does for the API beside runs: previews, checks of connections, bulk loads. Taken and held as the steps
-- of runs are (libs/db/src/tasks.ts).
create table task (
  id text primary key,
  company_id text not null references company,
  kind text not null check (kind in ('preview', 'check', 'import')),
  status text not null default 'pending' check (status in ('pending', 'running', 'succeeded', 'failed')),
  -- names of things; never a secret, never a person's data
  input jsonb not null,
  progress jsonb,
  result jsonb,
  error_code text,
  error_message text,
  error_may_pass boolean,
  -- of a bulk load: the folder of the file store where its rows lie, until they are removed
  source_folder text,
  -- raised with each claim, and named by each write of whoever claimed
  attempt int not null default 0,
  -- the claims that count; one that a stopping worker gave back does not
  tries int not null default 0,
  -- set while somebody holds it; one that has passed means that the holder was lost
  lease_until timestamptz(3),
  not_before timestamptz(3),
  -- whoever asked waits no longer after this
  expires_at timestamptz(3),
  cancel_asked_at timestamptz(3),
  requested_by text,
  request_id text,
  created_at timestamptz not null default now(),
  updated_at timestamptz(3) not null default now(),
  started_at timestamptz(3),
  finished_at timestamptz(3)
);
create index task_open on task (kind, created_at) where status in ('pending', 'running');
create index task_running on task (company_id) where status = 'running';
create index task_ended on task (finished_at) where status in ('succeeded', 'failed');
create index task_import_list on task (company_id, created_at desc, id desc) where kind = 'import';
create index task_source on task (finished_at) where source_folder is not null and status in ('succeeded', 'failed');

-- Bytes on their way into the file store, written down before the first of them: what became nothing can be removed.
create table upload (
  folder text primary key,
  company_id text not null references company,
  created_at timestamptz(3) not null default now()
);

select protect_table(name) from unnest(array['task', 'upload']) as name;
