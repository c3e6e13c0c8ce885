import { quoteLiteral } from '../sqlText.ts';
import { type Asked, personsOf } from './asked.ts';
import { placeNamed } from './places.ts';

/**
 * SQL of whom somebody has asked already where a borrower is: the borrower's contacts of one affiliation, by their names,
 * however these are written; `unnamed` where one of them has none, who may be any of that affiliation.
 */
export function located(asked: Asked): string {
  return `(
    select i.person_key, other.affiliation, array_agg(${nameOf('other')}) as names, bool_or(${nameOf('other')} is null) as unnamed
    from interaction i join contact other on other.key = i.contact_key
    where i.company_id = ${quoteLiteral(asked.companyId)} and i.deleted_at is null
      and i.theme = 'opsCollLocateBorrower' and i.status = 'succeeded' and i.person_key in (${personsOf(asked)})
    group by i.person_key, other.affiliation)`;
}

/** SQL for whether contact c is somebody who was asked already. */
export const isLocated = `coalesce(located.unnamed or ${nameOf('c')} is null and located.names is not null or ${nameOf('c')} = any (located.names), false)`;

// one of blanks is none
function nameOf(alias: string) {
  return `nullif(${placeNamed(`${alias}.name`)}, '')`;
}
