import { quoteLiteral } from '../sqlText.ts';
import { displayIdOf } from './displayIdOf.ts';
import { type Part, type Resolving } from './resolving.ts';

/** The loans, the contact and the earlier interaction that an interaction names; all must be the same person's. */
export function interactionParts(resolving: Resolving, person = 'null::bigint'): Part[] {
  const { columns } = resolving.staged.used;
  const owner = `coalesce(${person}, t.person_key)`;
  const parts: Part[] = [];
  if (columns.has('loan_ref') || columns.has('loan_refs')) parts.push(loansPart(resolving, owner));
  if (columns.has('contact_ref') || columns.has('contact_external_id')) parts.push(contactPart(resolving, owner));
  if (columns.has('previous_ref')) parts.push(previousPart(resolving, owner));
  return parts;
}

function loansPart({ companyId, staged: { name, used } }: Resolving, owner: string): Part {
  const company = quoteLiteral(companyId);
  const one = used.columns.has('loan_ref') ? 'array_remove(array[loan_ref], null)' : `'{}'::text[]`;
  const many = used.columns.has('loan_refs') ? `coalesce(loan_refs, '{}')` : `'{}'::text[]`;
  const joins = `
    left join (
      select line, array_agg(key order by nth) as keys, min(person_key) as low, max(person_key) as high, bool_or(key is null) as missing
      from (
        select given.line, coalesce(l_id.key, l_external.key, l_number.key) as key,
          coalesce(l_id.person_key, l_external.person_key, l_number.person_key) as person_key, min(nth) as nth
        from (select line, ref, nth from ${name} cross join lateral unnest(${one} || ${many}) with ordinality as refs (ref, nth) where refusal is null) given
        left join loan l_id on l_id.company_id = ${company} and l_id.id = ref and l_id.deleted_at is null
        left join loan l_external on l_external.company_id = ${company} and l_external.external_id = ref and l_external.deleted_at is null
        left join loan l_number on l_number.company_id = ${company} and l_number.key = ${displayIdOf('ref')} and l_number.deleted_at is null
        group by 1, 2, 3
      ) named group by line
    ) loans on loans.line = s.line`;
  const isAnothers = `loans.missing or loans.low <> ${owner} or loans.high <> ${owner}`;
  return { joins: [joins], columns: ['loans.keys as loan_keys'], refusals: [[isAnothers, 'loanNotFound loanId']] };
}

function contactPart(resolving: Resolving, owner: string): Part {
  const refusal = 'contactNotFound contactId';
  const ways: Way[] = [
    ['id', 'contact_ref'],
    ['external_id', 'contact_ref'],
    ['external_id', 'contact_external_id'],
  ];
  return namedPart(resolving, { table: 'contact', ways, owner, refusal, kept: 'key as contact_key' });
}

function previousPart(resolving: Resolving, owner: string): Part {
  const refusal = 'interactionNotFound previousInteractionId';
  const ways: Way[] = [
    ['id', 'previous_ref'],
    ['external_id', 'previous_ref'],
  ];
  return namedPart(resolving, { table: 'interaction', ways, owner, refusal, kept: 'id as previous_id' });
}

/** A column by which an object is found, and the column of the file that says its value. */
type Way = [column: string, cell: string];

interface Naming {
  table: string;
  ways: Way[];
  owner: string;
  refusal: string;
  /** The column of the object that is kept, and under which name. */
  kept: `${string} as ${string}`;
}

function namedPart({ companyId, staged: { used } }: Resolving, { table, ways, owner, refusal, kept }: Naming): Part {
  const company = quoteLiteral(companyId);
  const given = ways.filter(([, cell]) => used.columns.has(cell));
  const aliases = given.map(([column, cell]) => `${cell}_by_${column}`);
  const [column = '', name = ''] = kept.split(' as ');
  const joins = given.map(([by, cell], at) => {
    const alias = aliases[at] ?? '';
    return `left join ${table} ${alias} on ${alias}.company_id = ${company} and ${alias}.${by} = s.${cell} and ${alias}.deleted_at is null`;
  });
  const one = (what: string) => `coalesce(${aliases.map((alias) => `${alias}.${what}`).join(', ')})`;
  const isGiven = given.map(([, cell]) => `s.${cell} is not null`).join(' or ');
  return {
    joins,
    columns: [`${one(column)} as ${name}`],
    refusals: [[`(${isGiven}) and ${one('person_key')} is distinct from ${owner}`, refusal]],
  };
}
