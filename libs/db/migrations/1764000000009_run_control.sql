-- The highest attempt of the steps that a retry has left out: one that comes back goes on from there, so that the fence holds.
alter table run add attempts_gone int not null default 0;

-- Set where a person has said what became of an unknown one.
alter table delivery add resolved_at timestamptz(3);

-- What people asked of a run, and who: beside its log, which goes to others and names nobody.
create table run_action (
  company_id text not null references company,
  run_id text not null references run,
  number bigint generated always as identity,
  at timestamptz(3) not null default clock_timestamp(),
  action text not null check (action in ('cancel', 'retry', 'resolve')),
  -- the id of the API key, or what stands for the token's subject
  by_key text not null,
  details jsonb,
  note text,
  primary key (run_id, number)
);
select protect_table('run_action');

create index run_company on run (company_id, created_at desc, id desc);
create index run_failed on run (company_id, created_at desc, id desc) where status = 'failed';
-- A person has to look at these: as listRunViews names them.
create index run_attention on run (company_id, created_at desc, id desc)
  where status = 'failed' and error_code in ('parked', 'deliveryUnknown');
