-- Also of a charge that a text asks for it is noted when the gateway is asked for it: one that nobody was asked for was not made.
-- Of what is there already nobody knows.
update sms_charge set asked_at = created_at where message_guid is not null and asked_at is null and state in ('wanted', 'unknown');
