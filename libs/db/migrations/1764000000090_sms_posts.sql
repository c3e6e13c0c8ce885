-- Whoever handles texts for an organisation tells it what became of them: of what came in at its webhook, of a text that it has
-- asked for at the address that came with it. What is to be told is written down in the transaction that ends the text.

alter table company add sms_webhook jsonb;
drop trigger present_key on company;
create trigger present_key before insert or update of alert_webhook, gateways, sms_webhook on company for each row
  execute function expect_present_key('{alert_webhook,secret}', '{gateways,text,secret}', '{gateways,mail,secret}',
    '{gateways,payment,secret}', '{sms_webhook,secret}');

-- One request and its tries, which all bear its guid: stored before the first.
create table sms_post (
  guid uuid primary key default gen_random_uuid(),
  company_id text not null references company,
  created_at timestamptz not null default clock_timestamp(),
  -- received: some texts that came in, which name it; sent: one that was asked for
  kind text not null check (kind in ('received', 'sent')),
  text_guid uuid unique references sms_text,
  -- dead: given up, after the last try or because the receiver wants no more
  state text not null default 'pending' check (state in ('pending', 'delivered', 'dead')),
  -- of the writes of a try, each names its own
  attempt int not null default 0,
  tries int not null default 0,
  -- while a try is under way, the end of its lease; infinity: until the company names a webhook again
  next_try_at timestamptz not null default clock_timestamp(),
  -- whether a try is under way
  held boolean not null default false,
  settled_at timestamptz(3),
  -- of the last try that failed
  error_code text,
  check ((kind = 'sent') = (text_guid is not null))
);
create index sms_post_due on sms_post (company_id, next_try_at) where state = 'pending';
create index sms_post_fresh on sms_post (company_id, created_at) where state = 'pending' and kind = 'received';
create index sms_post_held on sms_post (company_id) where held;
select protect_table('sms_post');

alter table sms_message
  -- its end is still to be told of: it is in no post yet
  add untold boolean not null default false,
  add post_guid uuid references sms_post;
create index sms_message_untold on sms_message (company_id, number) where untold;
create index sms_message_post on sms_message (post_guid) where post_guid is not null;

-- By the tables themselves, so that no way of ending a text forgets it.
create function tell_of_message() returns trigger language plpgsql as $$
begin
  new.untold := exists (select from company where id = new.company_id and sms_webhook is not null);
  return new;
end $$;
create trigger message_ended before update of state on sms_message for each row
  when (old.state = 'Received' and new.state <> 'Received') execute function tell_of_message();

create function tell_of_text() returns trigger language plpgsql as $$
begin
  insert into sms_post (company_id, kind, text_guid) values (new.company_id, 'sent', new.guid);
  return null;
end $$;
create trigger text_ended after update of state on sms_text for each row
  when (old.state = 'wanted' and new.state <> 'wanted' and new.callback_url is not null
    and new.callback_verbosity is distinct from 'None')
  execute function tell_of_text();
