-- How often in a row the verdicts of a run were too old when its upload could begin; a retry by hand begins anew.
alter table run add screened_again int not null default 0;

-- Says of a run's counts, and of the rows in the files that a step has just written, what does not add up; null where all
-- does. What is not known yet is not asked for; what is missing beside the rest is wrong (contract: campaigns, "Counts").
create function funnel_fault(counts jsonb, file_rows jsonb) returns text language sql immutable as $$
  select string_agg(format('%s: %s, but %s', what, coalesce(told::text, 'nothing'), coalesce(found::text, 'nothing')), '; ' order by nth)
  from (
    select (counts ->> 'queried')::bigint as queried, (counts ->> 'invalid')::bigint as invalid,
      (counts ->> 'duplicate')::bigint as duplicate, (counts ->> 'unknownBorrower')::bigint as unknown,
      (counts ->> 'goOn')::bigint as go_on, (counts ->> 'noContact')::bigint as no_contact,
      (counts ->> 'matched')::bigint as matched, (counts ->> 'contacts')::bigint as contacts,
      (counts ->> 'exported')::bigint as exported,
      case when counts ? 'screenedOut' then (select coalesce(sum(value::bigint), 0) from jsonb_each_text(counts -> 'screenedOut')) end as screened_out,
      counts ?| array['invalid', 'duplicate', 'unknownBorrower', 'goOn'] as filtered,
      counts ?| array['noContact', 'matched', 'contacts', 'screenedOut', 'exported'] as met
  ) run,
  lateral (values
    (1, filtered, 'rows queried', queried, invalid + duplicate + unknown + go_on),
    (2, met, 'rows that go on', go_on, no_contact + matched),
    (3, met, 'contacts', contacts, screened_out + exported),
    (4, filtered, 'counts below zero', 0,
      (select count(*) from unnest(array[queried, invalid, duplicate, unknown, go_on, no_contact, matched, contacts, exported]) one where one < 0)),
    (5, file_rows ? 'campaign_input.csv', 'rows of campaign_input.csv', go_on, (file_rows ->> 'campaign_input.csv')::bigint),
    (6, file_rows ? 'exclusions.csv', 'rows of exclusions.csv',
      invalid + duplicate + unknown + case when met then no_contact + screened_out else 0 end, (file_rows ->> 'exclusions.csv')::bigint),
    (7, file_rows ? 'matches.csv', 'rows of matches.csv', exported, (file_rows ->> 'matches.csv')::bigint),
    (8, file_rows ? 'contacts_output.csv', 'rows of contacts_output.csv', exported, (file_rows ->> 'contacts_output.csv')::bigint)
  ) pair (nth, is_known, what, told, found)
  where is_known and (told = found) is not true
$$;

-- Names in an order of their own, each once, however they were put together: what was compared is written down, and the same
-- verdict gives the same bytes. A function, because a correlated subquery would keep the statement out of parallel workers.
create function sort_names(names text[]) returns text[] language sql immutable parallel safe as $$
  select array_agg(distinct name collate "C" order by name collate "C") from unnest(names) name
$$;
