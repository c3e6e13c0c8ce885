-- As in 020, but of a campaign that is deleted only a delivery in doubt is told: about all else nobody can do anything any more.
create or replace function raise_alert(of_campaign text, kind text, run_id text, file text, slots int, due_date date, code text, message text)
returns void language sql as $$
  insert into alert (company_id, campaign_id, kind, run_id, file, slots, due_date, code, message, webhook, next_try_at)
  select company.id, campaign.id, $2, $3, $4, $5, $6, $7, $8,
    case when company.alert_webhook is null then 'none' else 'pending' end,
    case when company.alert_webhook is not null then clock_timestamp() end
  from campaign join company on company.id = campaign.company_id
  where campaign.id = of_campaign and (campaign.deleted_at is null or $2 = 'delivery.unknown')
  on conflict do nothing
$$;
