-- The check of a foreign key passes row-level security by: without this, a row could name a person of another company. One
-- look per statement, which costs a tenth of a bulk insert (docs/decisions/11-two-roles-under-row-level-security.md).
create function expect_own_person() returns trigger language plpgsql as $$
declare
  has_others boolean;
begin
  if tg_op = 'UPDATE' then
    raise exception 'a row of % stays with its person', tg_table_name using errcode = '42501';
  end if;
  -- planned anew each time: a plan that was kept from when few people were there takes minutes for thousands of rows
  execute 'select exists (
    select from fresh where not exists (
      select from person where person.key = fresh.person_key and person.company_id = fresh.company_id))' into has_others;
  if has_others then
    raise exception 'a new row of % names a person who is not of its company', tg_table_name using errcode = '42501';
  end if;
  return null;
end $$;

do $do$
declare
  name text;
begin
  foreach name in array array['loan', 'contact', 'consent', 'do_not_interact', 'interaction'] loop
    execute format('create trigger own_person after insert on %I referencing new table as fresh
      for each statement execute function expect_own_person()', name);
    execute format('create trigger same_person before update of person_key on %I
      for each row when (old.person_key <> new.person_key) execute function expect_own_person()', name);
  end loop;
end $do$;
