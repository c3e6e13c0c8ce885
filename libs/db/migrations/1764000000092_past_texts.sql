-- Words of texts are let go of once their company's retention is over (libs/db/src/sms/forgetTexts.ts).
create index sms_message_past on sms_message (company_id, processed_at) where received_text <> '' and processed_at is not null;
create index sms_text_past on sms_text (company_id, settled_at) where text <> '' and settled_at is not null;

alter table company alter retention_days set default '{"files": 30, "texts": 365}';
update company set retention_days = '{"texts": 365}' || retention_days;
