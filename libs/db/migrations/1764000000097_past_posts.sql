-- Posts are let go of once their company's retention of texts is over (libs/db/src/sms/forgetTexts.ts).
create index sms_post_past on sms_post (company_id, settled_at) where settled_at is not null;
