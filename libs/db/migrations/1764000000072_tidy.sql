-- What is parked is counted by its open alert from now on, which is closed when somebody has seen to it.
drop index run_parked;
-- For the removal of what is past: of all alerts those that are resolved, and of each set its rows, which lie together.
create index alert_resolved on alert (resolved_at) where resolved_at is not null;
create index reservation_set_key on reservation using brin (set_key) with (autosummarize = on, pages_per_range = 32);
