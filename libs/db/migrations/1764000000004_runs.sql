create table run (
  id text primary key default new_id('CR'),
  company_id text not null references company,
  campaign_id text not null references campaign,
  status text not null default 'pending' check (status in ('pending', 'running', 'succeeded', 'failed', 'canceled')),
  trigger text not null check (trigger in ('manual', 'schedule')),
  scheduled_for timestamptz(3),
  request_id text,
  -- what it began with: campaign, exporter and company settings, without the secrets
  settings jsonb not null,
  generation int not null default 1,
  -- a place among the company's open runs (libs/db/src/places.ts): set while it holds one
  rung_at timestamptz(3),
  not_before timestamptz(3),
  cancel_asked_at timestamptz(3),
  screened boolean,
  -- set once its log.txt is there; a succeeded run's report has written it
  log_sealed_at timestamptz(3),
  counts jsonb not null default '{}',
  error_step text,
  error_code text,
  error_message text,
  created_at timestamptz not null default now(),
  updated_at timestamptz(3) not null default now(),
  started_at timestamptz(3),
  finished_at timestamptz(3)
);
create unique index run_active on run (campaign_id) where status in ('pending', 'running');
create index run_list on run (campaign_id, created_at desc, id desc);
create index run_log_wanted on run (finished_at) where status in ('failed', 'canceled') and log_sealed_at is null;
create index run_open on run (company_id, created_at, id) where status in ('pending', 'running');

-- The rows that a caller handed in instead of the query's: as json, which keeps the order of their columns.
create table run_override (
  run_id text primary key references run,
  rows json not null
);

create table run_step (
  run_id text not null references run,
  name text not null,
  ordinal int not null,
  status text not null default 'pending' check (status in ('pending', 'running', 'succeeded', 'failed', 'canceled')),
  attempt int not null default 0,
  -- set while somebody holds it; one that has passed means that the holder was lost
  lease_until timestamptz(3),
  ring int not null default 0,
  crashes int not null default 0,
  failures int not null default 0,
  first_failed_at timestamptz(3),
  not_before timestamptz(3),
  started_at timestamptz(3),
  finished_at timestamptz(3),
  rows_in bigint,
  rows_out bigint,
  message text,
  summary jsonb,
  primary key (run_id, name)
);
create index run_step_leased on run_step (lease_until) where lease_until is not null;

-- What happened, in order: the run's log, without ids of people or contact values.
create table run_event (
  run_id text not null references run,
  number bigint generated always as identity,
  at timestamptz(3) not null default clock_timestamp(),
  step text,
  event text not null,
  details jsonb,
  primary key (run_id, number)
);

create table file (
  id text primary key default new_id('FL'),
  company_id text not null references company,
  run_id text references run,
  name text not null,
  generation int not null default 1,
  -- where the bytes are in the file store
  key text not null,
  size_bytes bigint not null,
  sha256 text not null,
  internal boolean not null default false,
  created_at timestamptz not null default now(),
  removed_at timestamptz(3)
);
create unique index file_once on file (run_id, name, generation);

create table delivery (
  run_id text not null references run,
  file text not null,
  try int not null,
  generation int not null,
  state text not null check (state in
    ('planned', 'uploading', 'uploaded', 'renaming', 'delivered', 'unknown', 'failed', 'superseded', 'canceled')),
  remote_name text not null,
  temporary_name text not null,
  size_bytes bigint not null,
  sha256 text not null,
  message text,
  created_at timestamptz not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (run_id, file, try)
);
-- Nothing is sent twice: a second rename of the same file cannot even be begun.
create unique index delivery_once on delivery (run_id, file) where state in ('renaming', 'delivered', 'unknown');

-- One row per campaign and due date of the company's calendar, however many schedulers look.
create table campaign_slot (
  campaign_id text not null references campaign,
  due_date date not null,
  due_at timestamptz(3) not null,
  state text not null check (state in ('run', 'missed', 'skipped')),
  reason text,
  run_id text references run,
  created_at timestamptz not null default now(),
  primary key (campaign_id, due_date)
);
create index campaign_slot_run on campaign_slot (run_id) where run_id is not null;

-- An attempt that a run's hand-over has spent before the interaction is known.
create table reservation (
  key bigint generated always as identity primary key,
  company_id text not null references company,
  run_id text not null references run,
  person_key bigint not null references person,
  loan_key bigint references loan,
  channel text not null,
  theme text not null,
  reserved_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  consumed_by bigint,
  released_at timestamptz(3)
);
create index reservation_person on reservation (person_key) where released_at is null and consumed_by is null;
create index reservation_run on reservation (run_id);
