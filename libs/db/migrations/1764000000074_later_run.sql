-- Only a run that was begun later shows that the cause is gone: an older one that is retried or resolved says nothing of it.
create or replace function close_alerts_of_run() returns trigger language plpgsql as $$
begin
  update alert set resolved_at = clock_timestamp()
  where campaign_id = new.campaign_id and resolved_at is null and kind in ('run.parked', 'run.failed', 'slot.missed')
    and (run_id = new.id or (new.status = 'succeeded' and created_at <= new.created_at));
  return null;
end $$;
