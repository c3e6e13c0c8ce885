-- The names of zones that people may have: the clocks of all of them are told before a run is screened. The same for all
-- companies, and changed by nobody.
create table time_zone (name text primary key);
insert into time_zone select name from pg_timezone_names where name !~ '^(posix|right)/';
revoke insert, update, delete on time_zone from muster_app, muster_system;
select protect_table('time_zone', 'true');

-- Whether a kind of contact is blocked in one of these zones: `voice:work@America/New_York`. A function, because a
-- correlated subquery would keep the statement out of parallel workers.
create function blocked_in_zones(blocked text[], kinds text[], zones text[]) returns boolean
language sql immutable parallel safe as $$
  select coalesce(bool_or(kind || '@' || zone = any (blocked)), false) from unnest(kinds) kind, unnest(zones) zone
$$;

-- Reservations come in sets of a run's size, from statements that have joined person and loan: a check of each row's keys
-- would cost more than the screening itself.
alter table reservation drop constraint reservation_person_key_fkey, drop constraint reservation_loan_key_fkey;
create unique index reservation_once on reservation (run_id, person_key, channel, loan_key) nulls not distinct
  where released_at is null and consumed_by is null;
drop index reservation_run;
-- One attempt consumes one reservation.
create unique index reservation_consumed on reservation (consumed_by) where consumed_by is not null;

-- An attempt that counts by itself ends the reservation that stood for it: the oldest open one of its person and channel
-- that is older than itself, of its loan or where either names none (contract: compliance-guard, "Reservations"). By the
-- tables themselves, so that no way of taking interactions in forgets it. Round by round: the earliest attempt of each
-- person and channel chooses first.
create function consume_reservations() returns trigger language plpgsql as $$
declare
  consumed bigint;
begin
  loop
    with wanting as (
      select distinct on (came.person_key, came.channel) came.key, v.key as reservation
      from came
      join reservation v on v.person_key = came.person_key and v.channel = came.channel and v.company_id = came.company_id
        and v.released_at is null and v.consumed_by is null
        and v.reserved_at < came.started_at and v.expires_at > came.started_at
        and (v.loan_key is null or coalesce(cardinality(came.loan_keys), 0) = 0 or v.loan_key = any (came.loan_keys))
      where came.direction = 'outbound' and came.status in ('attempted', 'succeeded', 'inProgress') and came.deleted_at is null
        and (came.theme like 'opsColl%' or came.theme = 'agentNotification')
        and not exists (select from reservation x where x.consumed_by = came.key)
      order by came.person_key, came.channel, came.started_at, came.key, v.reserved_at, v.key
    )
    update reservation set consumed_by = wanting.key from wanting where reservation.key = wanting.reservation;
    get diagnostics consumed = row_count;
    exit when consumed = 0;
  end loop;
  return null;
end $$;
create trigger interaction_came after insert on interaction referencing new table as came
  for each statement execute function consume_reservations();
create trigger interaction_changed after update on interaction referencing new table as came
  for each statement execute function consume_reservations();
