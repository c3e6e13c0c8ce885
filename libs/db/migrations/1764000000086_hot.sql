-- An index of what changes with each claim, heartbeat and checkpoint makes each of them an entry of every index of its row.
-- Nobody asks for steps by their lease; and those of outside workers that are open are few, in whatever order.
drop index run_step_leased;
drop index run_outside;
create index run_outside on run (id) where worker = 'external' and status in ('pending', 'running');
