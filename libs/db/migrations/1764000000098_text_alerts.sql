-- What a person must hear of texts that came in and of their charges, by the alerts of runs (migration 020). A gateway that is
-- away for a day leaves thousands of either: so of a campaign one alert a day is raised, whatever number it tells of.
alter table alert
  -- of texts and charges the guid of theirs, if they have one
  alter campaign_id drop not null,
  drop constraint alert_kind_check,
  add constraint alert_kind_check check
    (kind in ('run.parked', 'run.failed', 'delivery.unknown', 'slot.missed', 'charge.unknown', 'message.givenUp'));
create unique index alert_of_texts_once on alert
    (company_id, kind, code, coalesce(campaign_id, ''), ((created_at at time zone 'UTC')::date))
  where resolved_at is null and kind in ('charge.unknown', 'message.givenUp');

create function raise_alert_of_texts(of_company text, kind text, campaign_guid uuid, code text, message text)
returns void language sql as $$
  insert into alert (company_id, campaign_id, kind, code, message, webhook, next_try_at)
  select id, $3::text, $2, $4, $5, case when alert_webhook is null then 'none' else 'pending' end,
    case when alert_webhook is not null then clock_timestamp() end
  from company where id = of_company
  on conflict do nothing
$$;

create function alert_campaign_name(of_campaign text) returns text language sql stable as $$
  select coalesce((select name from campaign where id = of_campaign),
    (select fields ->> 'campaignName' from sms_campaign
      where guid = case when of_campaign ~ '^[0-9a-f]{8}-' then of_campaign::uuid end))
$$;

create function alert_of_charge() returns trigger language plpgsql as $$
begin
  -- one after the other (libs/core/src/advisoryLocks.ts): who closes the alert with its last charge sees who is just raising it
  perform pg_advisory_xact_lock(7261024, hashtext(new.company_id));
  if new.state = 'unknown' then
    perform raise_alert_of_texts(new.company_id, 'charge.unknown', new.campaign_guid, 'chargeUnknown',
      'whether a charge was made cannot be known, and it is not asked for again by itself: GET /sms/charges?state=Unknown lists '
      'it, with others maybe. Ask the provider of payments, then settle each');
  elsif not exists (select from sms_charge
    where company_id = new.company_id and campaign_guid = new.campaign_guid and state = 'unknown') then
    update alert set resolved_at = clock_timestamp()
    where company_id = new.company_id and campaign_id = new.campaign_guid::text and kind = 'charge.unknown'
      and resolved_at is null;
  end if;
  return null;
end $$;
-- At the end of the transaction: nobody waits for that lock who has another one still to take.
create constraint trigger charge_alert after update of state on sms_charge deferrable initially deferred for each row
  when (old.state <> new.state and (old.state = 'unknown' or new.state = 'unknown')) execute function alert_of_charge();
