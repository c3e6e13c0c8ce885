-- What the guard has decided of whom, and why: of each run once it has ended, and of each single question. Kept for three
-- years, a table a month, so that what is older goes without a scan. No keys to other tables: the rows come in sets of a
-- run's size, from statements that have joined person and contact.
create sequence decision_key cache 100;
create table decision (
  key bigint not null default nextval('decision_key'),
  company_id text not null,
  person_key bigint not null,
  decided_at timestamptz(3) not null,
  -- null: a single question
  run_id text,
  -- null: none was named, or none matched
  contact_key bigint,
  loan_keys bigint[],
  channel text,
  theme text,
  verdict text not null check (verdict in ('included', 'excluded', 'allowed', 'refused')),
  -- side by side: the code of each reason, its rule, and what was compared; never a contact's value
  reasons text[],
  rules text[],
  compared text[],
  -- the packs, each with its version
  rule_packs text
) partition by range (decided_at);
create index decision_person on decision (person_key, decided_at desc);
-- Rows lie in the order in which they came: a few pages say where those of a moment are, and a run's share one.
create index decision_time on decision using brin (decided_at) with (autosummarize = on);
select protect_table('decision');

-- What belongs to no month that was made ahead; empty, unless nobody has made any for a year.
create table decision_other partition of decision default;
select protect_table('decision_other');
revoke all on decision_other from muster_app, muster_system;

-- Makes the tables of this month and of the twelve to come, and drops those that ended three years ago. Called by whoever
-- tidies, as the owner, since nobody else may make tables; it waits for nobody, and leaves to the next call what is in use.
create function keep_decisions(at timestamptz default clock_timestamp()) returns void
language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' set lock_timeout = '200ms' as $$
declare
  name text;
  since date;
begin
  if not pg_try_advisory_xact_lock(7261022) then return; end if; -- libs/core/src/advisoryLocks.ts
  for since in select generate_series(date_trunc('month', at), at + interval '12 months', interval '1 month') loop
    name := 'decision_' || to_char(since, 'YYYY_MM');
    continue when to_regclass(name) is not null;
    begin
      -- made aside and then attached, which those who write need not wait for
      execute format('create table %I (like decision including defaults including constraints)', name);
      perform protect_table(name);
      execute format('revoke all on %I from muster_app, muster_system', name); -- reached through the whole only
      execute format('alter table decision attach partition %I for values from (%L) to (%L)', name, since, since + interval '1 month');
    exception when lock_not_available or check_violation then null;
    end;
  end loop;
  for name in
    select relname from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = 'decision'::regclass and relname ~ '^decision_\d{4}_\d\d$'
      and to_date(substr(relname, 10), 'YYYY_MM') + interval '1 month' <= at - interval '3 years'
  loop
    begin
      execute format('drop table %I', name);
    exception when lock_not_available then null;
    end;
  end loop;
  delete from decision_other where decided_at < at - interval '3 years';
end $$;
revoke execute on function keep_decisions from public;
grant execute on function keep_decisions to muster_system;
select keep_decisions();

-- When the verdicts of a run were made that are among the decisions.
alter table run add decisions_at timestamptz(3);

alter table task drop constraint task_kind_check,
  add constraint task_kind_check check (kind in ('preview', 'check', 'import', 'decisions'));
