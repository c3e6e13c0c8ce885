-- A moment rounded to milliseconds may lie half a millisecond ahead: what may be taken at once was then passed over by a
-- worker that came sooner, and waited for the next look.
alter table sms_message alter column take_at type timestamptz;
alter table sms_charge alter column take_at type timestamptz;
alter table sms_text alter column take_at type timestamptz;

-- By which it is found out whether an earlier text of the number is open. On a condition of its own: what is open is next to
-- nothing on a usual day, and so all that the planner knows of; given the choice it reads all of it, a surge's tens of thousands.
drop index sms_message_open;
create index sms_message_open on sms_message (company_id, msisdn, number) where processed_at is null;

-- Of a charge of which nobody knew what became of it: the key of who has found out.
alter table sms_charge add settled_by text;
create index sms_charge_unknown on sms_charge (company_id, created_at) where state = 'unknown';
create unique index sms_collection_name on sms_collection (company_id, name);
