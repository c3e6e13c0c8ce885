import { quoteLiteral } from '../sqlText.ts';
import { displayIdOf } from './displayIdOf.ts';
import { type Part, type Resolving } from './resolving.ts';

/** SQL for a person's key, and the part of the statement that looks it up. */
export interface PersonPart extends Part {
  key: string;
}

/** Whose object a row is: the person that it names, who must be the one it belongs to already. */
export function personPart({ companyId, table, staged: { used } }: Resolving): PersonPart {
  const ways: Record<string, string | false> = {
    p_id: used.ids.has('person_ref') && 'p_id.id = s.person_ref',
    p_external: used.others.has('person_ref') && 'p_external.external_id = s.person_ref',
    p_named: used.numbers.has('person_ref') && `p_named.key = ${displayIdOf('s.person_ref')}`,
    p_number: used.columns.has('person_display_id') && 'p_number.key = s.person_display_id',
  };
  const chosen = Object.keys(ways).filter((way) => ways[way] !== false);
  const joins = chosen.map(
    (way) => `
    left join person ${way} on ${way}.company_id = ${quoteLiteral(companyId)} and ${String(ways[way])} and ${way}.deleted_at is null`,
  );
  const key = chosen.length > 0 ? `coalesce(${chosen.map((way) => `${way}.key`).join(', ')})` : 'null::bigint';
  const given = ['person_ref', 'person_display_id']
    .filter((column) => used.columns.has(column))
    .map((column) => `s.${column}`);
  const isGiven =
    given.length > 0 ? `coalesce(${given.map((cell) => `${cell}::text`).join(', ')}) is not null` : 'false';
  const differ = given.length === 2 ? [differing(chosen)] : [];
  return {
    key,
    joins,
    columns: [`coalesce(${key}, t.person_key) as person_key`],
    refusals: [
      [`${isGiven} and ${key} is null`, 'personNotFound personId'],
      ...differ,
      [`t.person_key <> ${key}`, 'otherPerson personId'],
      [`t.${table.key} is null and not (${isGiven})`, 'required personId'],
    ],
  };
}

/** Both named, and they are not one: an unknown one is not the other either. */
function differing(chosen: readonly string[]): [string, string] {
  const named = ['null', ...chosen.filter((way) => way !== 'p_number').map((way) => `${way}.key`)];
  return [
    `s.person_ref is not null and s.person_display_id is not null and coalesce(${named.join(', ')}) is distinct from p_number.key`,
    'otherPerson personDisplayId',
  ];
}
