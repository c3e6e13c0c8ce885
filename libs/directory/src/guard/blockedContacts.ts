import { quoteArray, quoteLiteral } from '../sqlText.ts';
import { type Asked, personsOf } from './asked.ts';
import { ABROAD } from './candidateZones.ts';
import { daysAsked } from './clocks.ts';
import { placeZones } from './places.ts';

/**
 * SQL of the do-not-interacts of each person as kinds of contact that they block: `voice` (any), `voice:work` (that label
 * only); behind an `@` the zone of the contact in which it is so. Whatever attribute is present must match.
 */
export function blockedContacts(asked: Asked): string {
  return `(
    select noted.person_key, array_agg(distinct kind.channel || coalesce(':' || label, '') || coalesce('@' || noted.zone, '')) as kinds,
      bool_or(noted.zone is not null) as in_zones
    from (${noted(asked)}) noted
    join unnest(${quoteArray(asked.channels)}) kind (channel)
      on coalesce(cardinality(noted.channels), 0) = 0 or noted.channels && array['all', kind.channel]
    left join lateral unnest(noted.contact_labels) label on true
    group by noted.person_key)`;
}

// Those that hold whatever the zone; those of days in a zone of their own; and those of days in the contact's zone, which
// may be a place's, the company's, or the person's own. Most hold for weeks, and are settled without looking at a zone.
function noted(asked: Asked) {
  const applies = `d.company_id = ${quoteLiteral(asked.companyId)} and d.deleted_at is null
    and d.person_key in (${personsOf(asked)}) and (${matchesTheme(asked)})`;
  const columns = 'd.person_key, d.channels, d.contact_labels';
  const places = [...new Set([...placeZones(asked), asked.timeZone])];
  const dates = daysAsked(asked, [...places, ...asked.zones])
    .map(({ date }) => `date '${date}'`)
    .sort();
  const [first = '', last = ''] = [dates[0], dates.at(-1)];
  const always = `(${isDaily} and coalesce(d.start_date, ${first}) <= ${first} and coalesce(d.end_date, ${last}) >= ${last})`;
  const inForce = `${hoursOf} where ${applies} and not ${always} and (day.zone is null or ${isInForce})`;
  const floats = `d.timezone is null and coalesce(d.start_date, ${last}) <= ${last} and coalesce(d.end_date, ${first}) >= ${first}`;
  const days = (zones: readonly string[]) => `${daysIn(asked, zones)} day (zone, date, since, till)`;
  return `
    select ${columns}, null as zone from do_not_interact d where ${applies} and ${always}
    union all
    -- a zone that nobody knows: it cannot be told when, so always
    select ${columns}, null from do_not_interact d left join ${days(asked.zones)} on lower(day.zone) = lower(d.timezone)
    ${inForce} and d.timezone is not null
    union all
    select ${columns}, day.zone from do_not_interact d
    cross join ${days(places)}
    ${inForce} and ${floats}
    union all
    -- nor in the person's own zone, where that is one that nobody knows
    select ${columns}, case when day.zone is not null then p.time_zone end from do_not_interact d
    join person p on p.key = d.person_key left join ${days(asked.zones)} on lower(day.zone) = lower(p.time_zone)
    ${inForce} and d.timezone is null and p.time_zone is not null
    union all
    -- nor abroad, where we know none
    select ${columns}, '${ABROAD}' from do_not_interact d where ${applies} and not ${always} and d.timezone is null`;
}

const isDaily = `coalesce(cardinality(d.days_of_week), 0) = 0 and coalesce(jsonb_array_length(d.times_of_day), 0) = 0`;

// joined, not asked with EXISTS: a correlated subquery keeps all of it out of parallel workers
const hoursOf = `
    left join lateral jsonb_array_elements(d.times_of_day) hours on true
    left join lateral (
      select coalesce((hours ->> 'fromHour')::numeric, 0) as since_hour, coalesce((hours ->> 'toHour')::numeric, 24) as till_hour
    ) of_hours on true`;

const isInForce = `(
      day.date >= coalesce(d.start_date, day.date) and day.date <= coalesce(d.end_date, day.date)
      and (coalesce(cardinality(d.days_of_week), 0) = 0 or extract(isodow from day.date)::int - 1 = any (d.days_of_week))
      and (hours is null or (since_hour < day.till and till_hour > day.since)
        or (since_hour >= till_hour and (since_hour < day.till or till_hour > day.since))))`; // past midnight: 21 to 8

// 'all' does not cover opsAccountCredentials; without any theme everything is meant
function matchesTheme({ theme }: Asked) {
  if (theme === null) return `coalesce(cardinality(d.themes), 0) = 0 or 'all' = any (d.themes)`;
  return `coalesce(cardinality(d.themes), 0) = 0 or ${quoteLiteral(theme)} = any (d.themes)
      ${theme === 'opsAccountCredentials' ? '' : `or 'all' = any (d.themes)`}`;
}

// The span that is asked about - the company's day, or this moment - as the clocks of these zones show it.
function daysIn(asked: Asked, zones: readonly string[]) {
  const days = daysAsked(asked, zones);
  const column = (values: readonly (string | number)[], type: string) =>
    `${quoteLiteral(`{${values.join(',')}}`)}::${type}[]`;
  return `unnest(${quoteArray(days.map(({ zone }) => zone))}, ${column(
    days.map(({ date }) => date),
    'date',
  )},
      ${column(
        days.map(({ since }) => since),
        'numeric',
      )}, ${column(
        days.map(({ till }) => till),
        'numeric',
      )})`;
}
