-- A run that has failed waits for a person, whatever it failed of: nobody but a person starts it again. Only where its delivery
-- is in doubt the alert of that delivery stands for it, until a person has said what became of the file.
create or replace function is_alerting(code text) returns boolean language sql immutable as $$
  select coalesce(code <> 'deliveryUnknown', false)
$$;
