import { quoteLiteral } from '../sqlText.ts';
import { type Asked, personsOf } from './asked.ts';
import { placeNamed } from './places.ts';

/**
 * SQL of whom somebody has asked already where a borrower is: by affiliation and name, however that is written, and by
 * number or address. Who has no name may be any of that affiliation, and of whom nobody knows at which contact it was, any.
 */
export function located(asked: Asked): string {
  return `(
    select i.person_key, bool_or(other.key is null) as anybody, array_agg(other.affiliation) as affiliations,
      array_agg(${partyOf('other')}) as parties, array_agg(other.affiliation) filter (where ${nameOf('other')} is null) as unnamed,
      array_agg(other.value) as contact_values
    from interaction i left join contact other on other.key = i.contact_key
    where i.company_id = ${quoteLiteral(asked.companyId)} and i.deleted_at is null
      and i.theme = 'opsCollLocateBorrower' and i.status = 'succeeded' and i.person_key in (${personsOf(asked)})
    group by i.person_key)`;
}

/** SQL for whether contact c is somebody who was asked already. */
export const isLocated = `(coalesce(located.anybody, false) or coalesce(c.affiliation = any (located.unnamed), false)
    or coalesce(${nameOf('c')} is null and c.affiliation = any (located.affiliations), false)
    or coalesce(${partyOf('c')} = any (located.parties), false) or coalesce(c.value = any (located.contact_values), false))`;

// one of blanks is none
function nameOf(alias: string) {
  return `nullif(${placeNamed(`${alias}.name`)}, '')`;
}

function partyOf(alias: string) {
  return `(${alias}.affiliation || ' ' || ${nameOf(alias)})`;
}
