import { type ScreeningFacts, type ScreeningRule } from './screeningRule.ts';

/**
 * An active do-not-interact matches channel, theme, date, weekday, hour and label: whatever attribute is present must
 * match. The file is worked through all day, so one in force at any hour of the company's day refuses.
 */
export const doNotInteract: ScreeningRule = {
  code: 'doNotInteract',
  join: (facts) => `left join (${blockedContacts(facts)}) dni on dni.person_key = r.person_key`,
  refuses: `dni.blocked is not null and dni.blocked && array[c.contact_type, c.contact_type || ':' || c.label]`,
};

// Per person the blocked kinds of contact: 'phone' (any), 'phone:work' (that label only).
function blockedContacts(facts: ScreeningFacts) {
  return `
    select d.person_key, array_agg(distinct kind.contact_type || coalesce(':' || label, '')) as blocked
    from do_not_interact d
    left join (${localDays(facts)}) day on day.zone = coalesce(d.timezone, ${facts.timeZone})
    join (values ('phone', 'voice'), ('email', 'email'), ('address', 'mail')) kind (contact_type, channel)
      on coalesce(cardinality(d.channels), 0) = 0 or d.channels && array['all', kind.channel]
    left join lateral unnest(d.contact_labels) label on true
    -- joined, not asked with EXISTS: a correlated subquery keeps all of it out of parallel workers
    left join lateral jsonb_array_elements(case when jsonb_typeof(d.times_of_day) = 'array' then d.times_of_day end) hours on true
    left join lateral (
      select coalesce((hours ->> 'fromHour')::numeric, 0) as since_hour, coalesce((hours ->> 'toHour')::numeric, 24) as till_hour
    ) of_hours on true
    where d.company_id = ${facts.companyId} and d.deleted_at is null
      and d.person_key in (select person_key from ${facts.rows} where reason is null)
      and (${matchesTheme(facts.theme)})
      and (day.zone is null or (${isInForce})) -- a zone that nobody knows: it cannot be told when, so always
    group by d.person_key`;
}

// 'all' does not cover opsAccountCredentials; without any theme everything is meant
function matchesTheme(theme: string) {
  return `coalesce(cardinality(d.themes), 0) = 0 or ${theme} = any (d.themes)
    or ('all' = any (d.themes) and ${theme} <> 'opsAccountCredentials')`;
}

const isInForce = `
  day.date >= coalesce(d.start_date, day.date) and day.date <= coalesce(d.end_date, day.date)
  and (coalesce(cardinality(d.days_of_week), 0) = 0 or extract(isodow from day.date)::int - 1 = any (d.days_of_week))
  and (hours is null or (since_hour < day.till and till_hour > day.since)
    or (since_hour >= till_hour and (since_hour < day.till or till_hour > day.since)))`; // past midnight: 21 to 8

// The company's day as each zone in use sees it: which dates, and from which hour to which of each. Of a day of 23 or 25
// hours the wall clock counts.
function localDays({ companyId, timeZone, now }: ScreeningFacts) {
  return `
    with company_day as (
      select midnight at time zone ${timeZone} as since, (midnight + interval '1 day') at time zone ${timeZone} as till
      from (select date_trunc('day', ${now}::timestamptz at time zone ${timeZone}) as midnight) today
    ), zone as (
      select ${timeZone} as name
      union
      select n.name from pg_timezone_names n
      where n.name in (select z.timezone from do_not_interact z where z.company_id = ${companyId} and z.timezone is not null)
    )
    select zone.name as zone, date::date,
      extract(epoch from greatest(since at time zone zone.name, date) - date) / 3600 as since,
      extract(epoch from least(till at time zone zone.name, date + interval '1 day') - date) / 3600 as till
    from company_day, zone,
      lateral generate_series(date_trunc('day', since at time zone zone.name),
        (till at time zone zone.name) - interval '1 microsecond', interval '1 day') date`;
}
