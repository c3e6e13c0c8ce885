create table company (
  id text primary key default new_id('CP'),
  name text not null,
  time_zone text not null,
  dispatch_from text not null default '05:00',
  dispatch_to text not null default '08:00',
  catch_up_until text not null default '12:00',
  require_screening boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz(3) not null default now()
);

create table api_key (
  id text primary key,
  company_id text not null references company,
  name text not null default '',
  role text not null check (role in ('viewer', 'operator', 'admin', 'service')),
  secret_sha256 bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  last_used_at timestamptz(3)
);
create index api_key_company on api_key (company_id);

-- Proof that a process holds the key that our secrets were sealed with: a known text, sealed at the first start.
create table secret_key (
  id text primary key,
  proof text not null,
  created_at timestamptz not null default now()
);
