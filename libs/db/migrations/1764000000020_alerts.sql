-- What a person must hear of: raised in the transaction of what it tells, by the tables themselves, so that no way of ending
-- a run forgets it; and closed when its cause is. It is its own outbox: the scheduler brings it to the company's webhook.
create table alert (
  id text primary key default new_id('AL'),
  company_id text not null references company,
  kind text not null check (kind in ('run.parked', 'run.failed', 'delivery.unknown', 'slot.missed')),
  -- without keys to check: whoever ends a run must not wait for whoever holds its campaign
  campaign_id text not null,
  run_id text,
  -- of a delivery: which of the run's files
  file text,
  -- of missed slots: how many, and the last of them
  slots int,
  due_date date,
  code text not null,
  message text not null,
  created_at timestamptz not null default clock_timestamp(),
  resolved_at timestamptz(3),
  -- none: the company had no webhook; dead: given up, after the last try or because the receiver wants no more
  webhook text not null default 'none' check (webhook in ('none', 'pending', 'delivered', 'dead')),
  tries int not null default 0,
  -- a try that is under way moves it, too: if its sender dies, the next one takes it from then on
  next_try_at timestamptz(3),
  delivered_at timestamptz(3),
  -- of the last try that failed: never the receiver's own words
  last_error text
);
select protect_table('alert');
create index alert_list on alert (company_id, created_at desc, id desc);
create index alert_open on alert (campaign_id, run_id) where resolved_at is null;
create index alert_pending on alert (company_id, next_try_at) where webhook = 'pending';
create unique index alert_once on alert (run_id, kind, (coalesce(file, ''))) where resolved_at is null and run_id is not null;
create index alert_open_dead on alert (kind) where resolved_at is null and webhook = 'dead';

create function raise_alert(of_campaign text, kind text, run_id text, file text, slots int, due_date date, code text, message text)
returns void language sql as $$
  insert into alert (company_id, campaign_id, kind, run_id, file, slots, due_date, code, message, webhook, next_try_at)
  select company.id, campaign.id, $2, $3, $4, $5, $6, $7, $8,
    case when company.alert_webhook is null then 'none' else 'pending' end,
    case when company.alert_webhook is not null then clock_timestamp() end
  from campaign join company on company.id = campaign.company_id where campaign.id = of_campaign
  on conflict do nothing
$$;

-- A run that failed for a reason that nothing but a person mends. Most failures are none of these: they are in the list of runs.
create function is_alerting(code text) returns boolean language sql immutable as $$
  select coalesce(code in ('parked', 'screeningExpired', 'hostKeyChanged', 'hostKeyRequired', 'sftpLoginRefused', 'countsDiffer'), false)
$$;

create function alert_of_run() returns trigger language plpgsql as $$
begin
  perform raise_alert(new.campaign_id, case new.error_code when 'parked' then 'run.parked' else 'run.failed' end, new.id,
    null, null, null, new.error_code, coalesce(new.error_message, new.error_code));
  return null;
end $$;
create trigger run_alert after update of status, error_code on run for each row
  when (new.status = 'failed' and is_alerting(new.error_code)
    and (old.status <> 'failed' or old.error_code is distinct from new.error_code))
  execute function alert_of_run();

create function close_alerts_of_run() returns trigger language plpgsql as $$
begin
  update alert set resolved_at = clock_timestamp()
  where campaign_id = new.campaign_id and resolved_at is null and kind in ('run.parked', 'run.failed', 'slot.missed')
    and (run_id = new.id or new.status = 'succeeded');
  return null;
end $$;
-- Reopened; or a later run of the campaign went well, by which the cause of the others is gone.
create trigger run_alert_closed after update of status on run for each row
  when (old.status <> new.status and (old.status = 'failed' or new.status = 'succeeded'))
  execute function close_alerts_of_run();

create function alert_of_delivery() returns trigger language plpgsql as $$
declare
  of_campaign text;
begin
  select campaign_id into of_campaign from run where id = new.run_id;
  if new.state = 'unknown' then
    perform raise_alert(of_campaign, 'delivery.unknown', new.run_id, new.file, null, null, 'deliveryUnknown',
      format('whether %s was delivered cannot be known, and it is not sent again by itself: ask whoever reads that directory, '
        'then resolve the delivery', new.remote_name));
  else
    update alert set resolved_at = clock_timestamp()
    where campaign_id = of_campaign and run_id = new.run_id and file = new.file and kind = 'delivery.unknown'
      and resolved_at is null;
  end if;
  return null;
end $$;
create trigger delivery_alert_inserted after insert on delivery for each row
  when (new.state = 'unknown') execute function alert_of_delivery();
create trigger delivery_alert after update of state on delivery for each row
  when (old.state <> new.state and (old.state = 'unknown' or new.state = 'unknown')) execute function alert_of_delivery();

-- One for all slots of a campaign that were found at once.
create function alert_of_slots() returns trigger language plpgsql as $$
begin
  perform raise_alert(late.campaign_id, 'slot.missed', null, null, late.slots, late.due_date, late.reason,
    format('nobody was there for %s of the campaign''s due dates, the last of them %s, until the cut-off', late.slots, late.due_date))
  from (select campaign_id, coalesce(reason, 'missed') as reason, count(*)::int as slots, max(due_date) as due_date
    from came where state = 'missed' group by 1, 2) as late;
  return null;
end $$;
create trigger slot_alert_inserted after insert on campaign_slot referencing new table as came
  for each statement execute function alert_of_slots();

create function alert_of_changed_slots() returns trigger language plpgsql as $$
begin
  perform raise_alert(late.campaign_id, 'slot.missed', null, null, 1, late.due_date, coalesce(late.reason, 'missed'),
    format('no worker was free to begin the run of %s until the cut-off', late.due_date))
  from (select came.* from came join was using (campaign_id, due_date)
    where came.state = 'missed' and was.state <> 'missed') as late;
  return null;
end $$;
create trigger slot_alert after update on campaign_slot referencing old table as was new table as came
  for each statement execute function alert_of_changed_slots();

-- Of a campaign that is gone only what became of its files is still to be settled.
create function close_alerts_of_campaign() returns trigger language plpgsql as $$
begin
  update alert set resolved_at = clock_timestamp()
  where campaign_id = new.id and resolved_at is null and kind <> 'delivery.unknown';
  return null;
end $$;
create trigger campaign_alert_closed after update of deleted_at on campaign for each row
  when (new.deleted_at is not null) execute function close_alerts_of_campaign();

-- What waits for a person already is told of in the list, and to nobody else: it may have waited for long.
do $do$
begin
  set local role muster_system;
  perform raise_alert(campaign_id, 'run.parked', id, null, null, null, error_code, coalesce(error_message, error_code))
    from run where status = 'failed' and error_code = 'parked';
  perform raise_alert(run.campaign_id, 'delivery.unknown', run.id, delivery.file, null, null, 'deliveryUnknown',
      format('whether %s was delivered cannot be known: resolve the delivery', delivery.remote_name))
    from delivery join run on run.id = delivery.run_id where delivery.state = 'unknown';
  update alert set webhook = 'none', next_try_at = null;
  reset role;
end $do$;
