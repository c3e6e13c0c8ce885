-- An alert that a person has closed says who, by the id of the credential, and why; one whose cause is gone has neither.
alter table alert
  add resolved_by text,
  add note text,
  add constraint alert_by_hand check ((resolved_by is null) = (note is null) and (resolved_by is null or resolved_at is not null));
