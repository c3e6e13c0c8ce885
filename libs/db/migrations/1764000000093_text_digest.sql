-- What SendSms was asked for under an external id, as a digest: the same id with other content is no repetition. It goes with the
-- words (libs/db/src/sms/forgetTexts.ts); null: nothing is known.
alter table sms_text add asked_digest bytea;
