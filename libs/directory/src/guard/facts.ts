import { type Asked, type Fact, personsOf } from './asked.ts';
import { attempts, loanAttempts } from './attempts.ts';
import { blockedContacts } from './blockedContacts.ts';
import { located } from './located.ts';
import { areaClocks, clockColumns, isInKnownCountry, placeNamed, stateClocks, zoneClocks } from './places.ts';
import { quoteLiteral } from '../sqlText.ts';

/** What is gathered by person before it is joined: the relation of each such fact, as SQL. */
export const relations: Readonly<Partial<Record<Fact, (asked: Asked) => string>>> = {
  consents,
  around: personsContacts,
  doNotInteract: blockedContacts,
  attempts,
  loanAttempts,
  located,
};

const gathered = (fact: Fact, asked: Asked) => asked.gathered?.get(fact) ?? relations[fact]?.(asked) ?? '';

/** SQL that joins a fact to each candidate: at most one row each. */
export const facts: Readonly<Record<Fact, (asked: Asked) => string>> = {
  loan: () => 'left join loan l on l.key = r.loan_key and l.deleted_at is null',
  consents: (asked) => `left join ${gathered('consents', asked)} consents on consents.person_key = r.person_key`,
  here: (asked) => `left join ${zoneClocks(asked, [asked.timeZone])} here (${clockColumns(asked)}) on true`,
  around: (asked) => `left join ${gathered('around', asked)} around on around.person_key = r.person_key`,
  area: (asked) => `left join ${areaClocks(asked)} area (${clockColumns(asked)})
    on c.contact_type = 'phone' and c.value like '+1%' and length(c.value) = 12 and area.place = substr(c.value, 3, 3)`,
  place: (asked) => `left join ${stateClocks(asked)} place (${clockColumns(asked)})
    on place.place = ${placeNamed('c.state')} and ${isInKnownCountry('c')}`,
  personZone: (asked) => `left join ${zoneClocks(asked, asked.zones)} person_zone (${clockColumns(asked)})
    on lower(person_zone.place) = lower(p.time_zone)`,
  doNotInteract: (asked) => `left join ${gathered('doNotInteract', asked)} dni on dni.person_key = r.person_key`,
  attempts: (asked) => `left join ${gathered('attempts', asked)} attempts on attempts.person_key = r.person_key`,
  loanAttempts: (asked) => `left join ${gathered('loanAttempts', asked)} loan_attempts
    on loan_attempts.person_key = r.person_key and loan_attempts.loan_key = r.loan_key`,
  located: (asked) => `left join ${gathered('located', asked)} located on located.person_key = r.person_key`,
  answers: ({ answers }) =>
    `left join ${answers ?? 'none'} answer on answer.line = r.line and answer.contact_key = c.key`,
};

function consents(asked: Asked) {
  const names = {
    electronic: 'electronicComms',
    work: 'contactPersonWork',
    attorney: 'contactPersonRepByAttorney',
    unusual: 'contactPersonUnusualTime',
    autodialed: 'autodialedColl',
  };
  const columns = Object.entries(names).map(
    ([alias, name]) => `max(status) filter (where name = '${name}') as ${alias}`,
  );
  return `(
    select person_key, ${columns.join(', ')} from consent
    where company_id = ${quoteLiteral(asked.companyId)} and person_key in (${personsOf(asked)}) group by person_key)`;
}

/** Of each person: whether an attorney is on record, and what the clocks show where the person's own addresses are. */
function personsContacts(asked: Asked) {
  const clocks = asked.packs.packs.map((_, k) => {
    const hours = `max(clock.from_${k}) as from_${k}, min(clock.until_${k}) as until_${k},`;
    return `bool_and(clock.inside_${k}) as inside_${k}, ${asked.tellsHours ? hours : ''}`;
  });
  return `(
    select a.person_key, bool_or(a.affiliation = 'attorney') as has_attorney, ${clocks.join('')}
      string_agg(clock.zone_names, ' ') as zone_names, bit_or(clock.packs) as packs
    from contact a
    left join ${stateClocks(asked)} clock (${clockColumns(asked)})
      on clock.place = ${placeNamed('a.state')} and a.contact_type = 'address' and a.affiliation = 'self' and a.valid
        and ${isInKnownCountry('a')}
    where a.company_id = ${quoteLiteral(asked.companyId)} and a.deleted_at is null and a.status <> 'archived'
      and (a.affiliation = 'attorney' or a.contact_type = 'address' and a.affiliation = 'self')
      and a.person_key in (${personsOf(asked)})
    group by a.person_key)`;
}
