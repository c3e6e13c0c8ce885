-- Who holds a step, or held it last: host and process, so that people find the log of a worker that was lost.
alter table run_step add held_by text;
-- Where a try was to go: host and directory, as the run's settings were then; null in rows of before, where they say it still.
alter table delivery add destination jsonb;

-- As in 020, but it names the server and the directory to ask about.
create or replace function alert_of_delivery() returns trigger language plpgsql as $$
declare
  of_campaign text;
  sftp jsonb;
begin
  select campaign_id, settings -> 'sftp' into of_campaign, sftp from run where id = new.run_id;
  if new.state = 'unknown' then
    perform raise_alert(of_campaign, 'delivery.unknown', new.run_id, new.file, null, null, 'deliveryUnknown',
      format('whether %s was delivered to %s, %s, cannot be known, and it is not sent again by itself: ask whoever reads that '
        'directory, then resolve the delivery', new.remote_name, coalesce(sftp ->> 'host', 'the server'),
        coalesce('directory ' || (sftp ->> 'cdDir'), 'where its login leads')));
  else
    update alert set resolved_at = clock_timestamp()
    where campaign_id = of_campaign and run_id = new.run_id and file = new.file and kind = 'delivery.unknown'
      and resolved_at is null;
  end if;
  return null;
end $$;
