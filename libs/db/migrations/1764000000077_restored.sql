-- The database was brought back from a backup (libs/db/src/settleRestore.ts): what it says of the time since is made harmless.

-- Moves every number that ids are made of on by a billion, of tables that are yet to come as well; gives how many that were. So
-- many ids are not given out between a backup and its return, and the shortest codes have room for a thousand times as many. As
-- the owner: who works with the database takes numbers and never sets them. What is rolled back stays moved, as sequences do.
create function move_ids_on() returns int
language sql security definer set search_path = public, pg_temp as $$
  select count(setval(format('%I.%I', schemaname, sequencename), coalesce(last_value, 0) + 1000000000))::int
  from pg_sequences where schemaname = 'public' and data_type = 'bigint'::regtype
$$;
revoke execute on function move_ids_on from public;
grant execute on function move_ids_on to muster_system;

-- As before, but for slots of which a restored database does not know what became of them.
create or replace function alert_of_slots() returns trigger language plpgsql as $$
begin
  perform raise_alert(late.campaign_id, 'slot.missed', null, null, late.slots, late.due_date, late.reason,
    case when late.reason = 'databaseRestored'
      then format('the database was brought back from a backup: whether the runs of %s of the campaign''s due dates took place '
        'since, the last of them %s, is not known. Look at the server for their files before you start one', late.slots, late.due_date)
      else format('nobody was there for %s of the campaign''s due dates, the last of them %s, until the cut-off',
        late.slots, late.due_date) end)
  from (select campaign_id, coalesce(reason, 'missed') as reason, count(*)::int as slots, max(due_date) as due_date
    from came where state = 'missed' group by 1, 2) as late;
  return null;
end $$;
