-- Row-level security, the second line behind every `where company_id =`. Nobody works as the owner of the tables:
-- muster_app sees the company that its transaction names, and nothing where it names none; muster_system does what comes
-- before a company is known, or is about many: keys, due slots, open runs (libs/db/src/openDatabase.ts).
do $do$
declare
  name text;
begin
  foreach name in array array['muster_app', 'muster_system'] loop
    begin
      if not exists (select from pg_roles where rolname = name) then execute format('create role %I nologin', name); end if;
    exception when duplicate_object or unique_violation then null; -- another database of this server was migrated just now
    end;
  end loop;
  execute format('grant muster_app to muster_system');
  execute format('grant muster_app, muster_system to %I', current_user);
end $do$;

grant usage on schema public to muster_app, muster_system;
grant usage, create on schema scratch to muster_app, muster_system;
grant select, insert, update, delete on all tables in schema public to muster_app, muster_system;
grant usage, select on all sequences in schema public to muster_app, muster_system;
alter default privileges in schema public grant select, insert, update, delete on tables to muster_app, muster_system;
alter default privileges in schema public grant usage, select on sequences to muster_app, muster_system;

-- Every table that holds a company's rows is protected by this, in the migration that makes it: `select protect_table('task')`.
-- `own` says which rows are the company's; a table without a company_id of its own is asked by what it belongs to.
create function protect_table(name text, own text default $own$company_id = current_setting('muster.company', true)$own$)
returns void language plpgsql as $$
begin
  execute format('alter table %I enable row level security', name);
  execute format('alter table %I force row level security', name);
  execute format('create policy own_company on %I to muster_app using (%s) with check (%s)', name, own, own);
  execute format('create policy all_companies on %I to muster_system using (true) with check (true)', name);
end $$;

select protect_table('company', $own$id = current_setting('muster.company', true)$own$);
select protect_table(name) from unnest(array['person', 'loan', 'contact', 'consent', 'do_not_interact', 'interaction',
  'contact_exporter', 'campaign', 'run', 'file', 'reservation']) as name;
select protect_table(name, format('exists (select from run where run.id = %I.run_id)', name))
  from unnest(array['run_override', 'run_step', 'run_event', 'delivery']) as name;
select protect_table('campaign_slot', 'exists (select from campaign where campaign.id = campaign_slot.campaign_id)');
-- Nothing of these is a company's to see.
select protect_table(name, 'false') from unnest(array['api_key', 'secret_key']) as name;

alter table company
  add send_from text not null default '10:00',
  add send_to text not null default '17:00',
  add screening_max_age_minutes int not null default 30,
  add reservation_hours int not null default 168,
  add rule_pack text not null default 'reg-f',
  add rule_packs_by_state jsonb not null default '{}',
  add compliance_guard_url text,
  add gateways jsonb,
  add rate_limits jsonb,
  add alert_webhook jsonb,
  add retention_days jsonb not null default '{"files": 30}';

-- First answers, given again to whoever sends the same Idempotency-Key: committed together with their effect.
create table kept_answer (
  company_id text not null references company,
  key text not null,
  -- of method, address and body: the same key with another request is refused
  fingerprint text not null,
  status int,
  headers jsonb,
  body text,
  created_at timestamptz(3) not null default now(),
  primary key (company_id, key)
);
create index kept_answer_age on kept_answer (created_at);
select protect_table('kept_answer');
