-- Narrows the role of a key; null leaves it whole. Words that are no scopes (any more) add nothing.
alter table api_key add column scopes text[] check (cardinality(scopes) > 0);
