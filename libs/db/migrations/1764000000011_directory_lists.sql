-- Lists of a person's loans, contacts, do-not-interacts and interactions need no indexes of their own: those by person
-- find the few rows of one person, which are then sorted, and a list counts them anyhow.

-- People by when they were changed: what another system asks that follows them.
create index person_changed on person (company_id, updated_at, id);
