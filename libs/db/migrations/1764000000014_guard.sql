-- The names of zones that people may have: the clocks of all of them are told before a run is screened. The same for all
-- companies, and changed by nobody.
create table time_zone (name text primary key);
insert into time_zone select name from pg_timezone_names where name !~ '^(posix|right)/';
revoke insert, update, delete on time_zone from muster_app, muster_system;
select protect_table('time_zone', 'true');

-- One part of each line of a verdict: its code, its rule, what was compared. Null where nothing was said.
create function said_part(said text[], part int) returns text[] language sql immutable strict parallel safe as $$
  select array_agg(split_part(line, e'\t', part) order by number) from unnest(said) with ordinality as lines (line, number)
$$;

-- Whether a kind of contact is blocked in one of these zones: `voice:work@America/New_York`. A function, because a
-- correlated subquery would keep the statement out of parallel workers.
create function blocked_in_zones(blocked text[], kinds text[], zones text[]) returns boolean
language sql immutable parallel safe as $$
  select coalesce(bool_or(kind || '@' || zone = any (blocked)), false) from unnest(kinds) kind, unnest(zones) zone
$$;

-- Reservations come in sets of a run's size, made while the company's other runs wait. So they cost as little as can be: no
-- keys to check (the statement that makes them has joined person and loan, and locks its run), no key of their own, and no
-- index that tells open ones from others, so that what becomes of one leaves the indexes alone (HOT: half of each page is
-- kept free for it). That a run reserves a thing once, the lock under which it does so sees to (reserve.ts).
drop table reservation;
create table reservation (
  company_id text not null,
  run_id text not null,
  person_key bigint not null,
  loan_key bigint,
  channel text not null,
  theme text not null,
  reserved_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  -- the interaction that stands for it now
  consumed_by bigint,
  -- given back by its run, which has not handed it over
  released_at timestamptz(3)
) with (fillfactor = 50);
create index reservation_person on reservation (person_key);
create index reservation_run on reservation (run_id);
-- they come in the order of their time: what is long past is found by it
create index reservation_past on reservation using brin (expires_at) with (pages_per_range = 32);
select protect_table('reservation');

-- Whether an interaction is an attempt that the rules count.
create function is_counted_attempt(direction text, status text, theme text, deleted_at timestamptz) returns boolean
language sql immutable parallel safe as $$
  select deleted_at is null and direction = 'outbound' and status in ('attempted', 'succeeded', 'inProgress')
    and (theme = 'agentNotification' or starts_with(theme, 'opsColl'))
$$;

-- Whether the loan of a reservation is among those of an interaction; where either names none, it is.
create function is_same_loan(reserved bigint, tried bigint[]) returns boolean
language sql immutable parallel safe as $$
  select reserved is null or coalesce(cardinality(tried), 0) = 0 or reserved = any (tried)
$$;

-- An attempt that counts by itself ends the reservation that stood for it: the oldest open one of its person and channel
-- that is older than itself, of its loan or where either names none (contract: compliance-guard, "Reservations"). By the
-- table itself, so that no way of taking interactions in forgets it. Round by round: of each person and channel the
-- earliest attempt chooses first, until every attempt that can have one has it. What somebody else has taken meanwhile is
-- not taken twice, but looked for again. An attempt that counts no longer gives its reservation back: the file is still
-- out there.
-- Always by the index: the plan is kept from the first time on, which may have been for one row or for a million.
create function consume_reservations() returns trigger language plpgsql
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
declare
  able bigint;
  taken bigint;
begin
  if tg_op = 'UPDATE' then
    update reservation v set consumed_by = null
    from came
    where v.person_key = came.person_key and v.consumed_by = came.key
      and not (v.channel = came.channel and v.reserved_at < came.started_at and is_same_loan(v.loan_key, came.loan_keys)
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
          select v.consumed_by, v.ctid as place from reservation v
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
        where v.ctid = first.place and v.released_at is null and v.consumed_by is null
        returning 1
      )
    select (select count(*) from choosing), (select count(*) from consumed) into able, taken;
    exit when able = taken;
  end loop;
  return null;
end $$;
create trigger interaction_came after insert on interaction referencing new table as came
  for each statement execute function consume_reservations();
create trigger interaction_changed after update on interaction referencing new table as came
  for each statement execute function consume_reservations();
