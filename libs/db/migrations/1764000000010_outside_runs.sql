-- Runs of outside workers: they take no place and no ring, have no steps, and are told of by `update run data`.
alter table run add worker text not null default 'own' check (worker in ('own', 'external'));
create index run_outside on run (updated_at) where worker = 'external' and status in ('pending', 'running');

-- Outside workers need not bring a log: one that succeeded gets ours, as failed runs do.
drop index run_log_wanted;
create index run_log_wanted on run (finished_at)
  where log_sealed_at is null and (status in ('failed', 'canceled') or (status = 'succeeded' and worker = 'external'));

-- Rows that were handed in, in parts: neither who writes nor who reads them holds them all.
alter table run_override
  add part int not null default 0,
  drop constraint run_override_pkey,
  add primary key (run_id, part);
