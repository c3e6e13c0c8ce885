-- Of six signs there are 57 thousand million codes: with a million live ones a caller who may guess 600 times a minute, as phones
-- that share an address must be let, would find fifteen a day. Of eight it is one in eight months. Those of six lead on.
alter table sms_short_link drop constraint sms_short_link_code_check,
  add constraint sms_short_link_code_check check (code ~ '^[0-9A-Za-z]{6,8}$');
