create table contact_exporter (
  id text primary key default new_id('CE'),
  company_id text not null references company,
  external_id text,
  contact_matching_criteria jsonb not null,
  column_settings jsonb not null,
  check_can_interact_data jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3)
);
create unique index contact_exporter_external on contact_exporter (company_id, external_id) where external_id is not null;
create index contact_exporter_list on contact_exporter (company_id, created_at desc, id desc);

-- Secrets are sealed texts (libs/core/src/secretBox.ts); the rest of `sftp_settings` is plain.
create table campaign (
  id text primary key default new_id('CM'),
  company_id text not null references company,
  external_id text,
  name text,
  redash_query_url text,
  redash_api_key text,
  schedule text,
  schedule_set_at timestamptz(3) not null default now(),
  next_due_at timestamptz(3),
  contact_exporter_id text references contact_exporter,
  bulk_sender_id text,
  sftp_settings jsonb,
  sftp_password text,
  sftp_private_key text,
  sftp_passphrase text,
  -- the host key seen first, where the settings name none
  sftp_pinned_host_key text,
  created_at timestamptz not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3)
);
create unique index campaign_external on campaign (company_id, external_id) where external_id is not null;
create index campaign_list on campaign (company_id, created_at desc, id desc);
create index campaign_due on campaign (next_due_at) where next_due_at is not null and deleted_at is null;
create index campaign_changed on campaign (updated_at, id);
create index campaign_exporter on campaign (contact_exporter_id);
