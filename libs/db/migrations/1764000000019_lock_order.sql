-- As in migration 018, but for the order in which it takes hold of reservations. Round by round it took those of many
-- persons, and then again of the first: two loads could each wait for the other, and one was broken off. Now it first
-- takes, person by person and of each the set made first, all that it may consume or give back. What somebody else
-- reserves or gives back after that may still be taken out of turn.
create or replace function consume_reservations() returns trigger language plpgsql
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
declare
  able bigint;
  taken bigint;
begin
  perform from (
      select person_key, company_id, array_agg(key) as keys,
        min(started_at) filter (where counts) as first_at, max(started_at) filter (where counts) as last_at
      from (select *, is_counted_attempt(direction, status, theme, deleted_at) as counts from came offset 0) attempt
      where counts or tg_op = 'UPDATE'
      group by person_key, company_id order by person_key
    ) person
    cross join lateral (
      select from reservation v join reservation_set s on s.key = v.set_key
      where v.person_key = person.person_key and v.company_id = person.company_id
        and (v.consumed_by is null and s.released_at is null
            and s.reserved_at < person.last_at and s.expires_at > person.first_at
          or v.consumed_by = any (person.keys))
      order by v.set_key, v.loan_key, v.channel
      for no key update of v
    ) held;
  if tg_op = 'UPDATE' then
    update reservation v set consumed_by = null
    from came
    where v.person_key = came.person_key and v.consumed_by = came.key
      and not (v.channel = came.channel and is_same_loan(v.loan_key, came.loan_keys)
        and (select s.reserved_at from reservation_set s where s.key = v.set_key) < came.started_at
        and is_counted_attempt(came.direction, came.status, came.theme, came.deleted_at));
  end if;
  loop
    with
      -- in the order in which they choose, which is that of the index, too
      attempt as (
        select key, company_id, person_key, channel, loan_keys, started_at from came
        where is_counted_attempt(direction, status, theme, deleted_at)
        order by person_key, channel, started_at, key
      ),
      -- with the reservation that it has, else the oldest that it could have
      nearest as (
        select attempt.key, attempt.person_key, attempt.channel, attempt.started_at, found.consumed_by, found.place
        from attempt cross join lateral (
          select v.consumed_by, v.place from reserved v
          where v.person_key = attempt.person_key and v.company_id = attempt.company_id
            and (v.consumed_by = attempt.key or v.consumed_by is null and v.released_at is null
              and v.channel = attempt.channel and v.reserved_at < attempt.started_at and v.expires_at > attempt.started_at
              and is_same_loan(v.loan_key, attempt.loan_keys))
          order by v.consumed_by, v.reserved_at, v.run_id, v.loan_key, v.theme limit 1
        ) found
      ),
      choosing as materialized (select * from nearest where consumed_by is null),
      first as (
        select distinct on (person_key, channel) key, place from choosing order by person_key, channel, started_at, key
      ),
      consumed as (
        update reservation v set consumed_by = first.key from first
        where v.ctid = first.place and v.consumed_by is null
        returning 1
      )
    select (select count(*) from choosing), (select count(*) from consumed) into able, taken;
    exit when able = taken;
  end loop;
  return null;
end $$;
