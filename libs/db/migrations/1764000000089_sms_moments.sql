-- A moment rounded to milliseconds may lie half a millisecond ahead: what may be taken at once was then passed over by a
-- worker that came sooner, and waited for the next look.
alter table sms_message alter column take_at type timestamptz;
alter table sms_charge alter column take_at type timestamptz;
alter table sms_text alter column take_at type timestamptz;
