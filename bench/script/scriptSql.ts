import { areaCodeGroups } from '@muster/core/places/areaCodes';
import { states } from '@muster/core/places/states';
import { type Database } from '@muster/core/database';
import { quoteArray } from '@muster/directory/sqlText';

/** What psql is given: the ids of `idsFile` copied in, one join, the contacts copied out into `contactsFile`. */
export function scriptSql({
  companyId,
  idsFile,
  contactsFile,
}: Record<'companyId' | 'idsFile' | 'contactsFile', string>) {
  return `begin;
set local work_mem = '128MB';
create temp table wanted (id bigint) on commit drop;
\\copy wanted from '${idsFile}' (format csv, header)
analyze wanted;
create temp table open_place on commit drop as ${onOneLine(OPEN_PLACES)};
analyze open_place;
\\copy (${onOneLine(joinOf(companyId))}) to '${contactsFile}' (format csv, header)
commit;
`;
}

/** What the script looks places up in, made once: a table of area codes and states, each with all their zones. */
export async function makePlaceZones(db: Database): Promise<void> {
  const areas = areaCodeGroups.flatMap(({ codes, zones }) =>
    codes.split(' ').flatMap((code) => zones.map((zone) => [code, zone] as const)),
  );
  const named = states.flatMap(({ code, name, zones }) =>
    [code, name.toUpperCase()].flatMap((place) => zones.map((zone) => [place, zone] as const)),
  );
  const zones = await db.query<{ name: string }>('select name from time_zone');
  const known = [...areas, ...named, ...zones.map(({ name }) => [name, name] as const)];
  await db.execute('create schema script');
  await db.execute(`create table script.place_zone as
    select * from unnest(${quoteArray(known.map(([place]) => place))},
      ${quoteArray(known.map(([, zone]) => zone))}) as of_place (place, zone)`);
}

const NOON = `(date_trunc('day', now() at time zone 'America/New_York') + interval '12 hours') at time zone 'America/New_York'`;
const OPEN_PLACES = `
  select place, bool_and(extract(hour from ${NOON} at time zone zone) between 8 and 20) as inside
  from script.place_zone group by place`;

/** psql's copy command ends with its line. */
const onOneLine = (sql: string) => sql.replaceAll(/\s+/g, ' ').trim();

// The rules of reg-f, for a campaign of calls about a debt, as of noon in New York.
function joinOf(companyId: string) {
  const today = `(now() at time zone 'America/New_York')::date`;
  return `
    with tried as (
      select person_key, count(*) filter (where direction = 'outbound' and status in ('attempted', 'succeeded', 'inProgress')) as tries,
        bool_or(status_details = 'voiceSpokeWithFirstParty') as spoken
      from interaction
      where company_id = '${companyId}' and channel = 'voice' and deleted_at is null
        and (theme like 'opsColl%' or theme = 'agentNotification') and started_at >= now() - interval '168 hours'
      group by person_key),
    agreed as (
      select person_key, max(status) filter (where name = 'contactPersonWork') as work,
        max(status) filter (where name = 'contactPersonRepByAttorney') as attorney,
        max(status) filter (where name = 'contactPersonUnusualTime') as unusual
      from consent where company_id = '${companyId}' group by person_key),
    others as (
      select a.person_key, bool_or(a.affiliation = 'attorney') as attorney, bool_and(place.inside) as inside
      from contact a join wanted on wanted.id = a.person_key
      left join open_place place on place.place = upper(a.state) and a.affiliation = 'self' and a.valid
      where a.company_id = '${companyId}' and a.deleted_at is null and a.status <> 'archived'
        and (a.affiliation = 'attorney' or a.contact_type = 'address' and a.affiliation = 'self')
      group by a.person_key),
    blocked as (
      select person_key from do_not_interact
      where company_id = '${companyId}' and deleted_at is null and channels && array['voice', 'all'] and themes && array['opsCollDebt', 'all']
        and coalesce(start_date, ${today}) <= ${today} and coalesce(end_date, ${today}) >= ${today} group by person_key)
    select p.key, c.value, p.first_name, p.last_name from wanted w
    join person p on p.key = w.id and p.company_id = '${companyId}' and p.deleted_at is null
    join contact c on c.person_key = p.key and c.contact_type = 'phone' and c.status <> 'archived' and c.deleted_at is null
    left join tried on tried.person_key = p.key
    left join agreed on agreed.person_key = p.key
    left join others on others.person_key = p.key
    left join open_place area on area.place = substr(c.value, 3, 3) and c.value like '+1%' and length(c.value) = 12
    left join open_place own on own.place = p.time_zone
    left join blocked on blocked.person_key = p.key
    where p.status <> 'inactive' and c.valid and blocked.person_key is null
      and coalesce(tried.tries, 0) < case p.collections_intensity when 'light' then 2 else 7 end
      and tried.spoken is not true
      and (others.attorney is not true or c.affiliation = 'attorney' or agreed.attorney = 'consented')
      and (agreed.work = 'consented' or not (c.label is not distinct from 'work' or c.affiliation = 'employer'))
      and (agreed.unusual = 'consented' or area.inside is not false and others.inside is not false
        and (p.time_zone is null or own.inside))
      and (c.affiliation in ('self', 'coBorrower', 'attorney') or c.authorized_third_party or c.power_of_attorney)
    order by p.key`;
}
