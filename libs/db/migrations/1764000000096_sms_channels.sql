-- A shortcode is shared by all who take keywords on it, until the operator gives it to some: then it is theirs alone.
create table sms_channel (
  channel text not null check (channel ~ '^[0-9]{3,15}$'),
  company_id text not null references company,
  primary key (channel, company_id)
);
select protect_table('sms_channel');
-- A company must see that a shortcode is not its own; whose it is, is no secret: its texts say so.
create policy all_channels on sms_channel for select to muster_app using (true);
