import { quoteLiteral } from '../sqlText.ts';
import { type Part, type Resolving } from './resolving.ts';

/** Which object a row means, joined as `t`: the one with its id, else the one with its externalId. */
export function targetPart(resolving: Resolving, person = 'null::bigint'): Part {
  const { companyId, table, staged } = resolving;
  const company = quoteLiteral(companyId);
  if (table.prefix === undefined) return consentPart(resolving, person);
  const { columns } = staged.used;
  const hasExternal = columns.has('external_id');
  const external = `t.company_id = ${company} and t.external_id = s.external_id`;
  const joins = columns.has('id')
    ? namedJoins(resolving)
    : [`left join ${table.table} t on ${hasExternal ? external : 'false'}`];
  const part: Part = {
    joins,
    columns: [`t.${table.key} as target`],
    refusals: [['t.deleted_at is not null', `deleted ${hasExternal ? 'externalId' : 'id'}`]],
  };
  if (columns.has('id')) part.refusals.push([`s.id is not null and t.${table.key} is null`, 'notFound id']);
  if (columns.has('id') && hasExternal)
    part.refusals.push([`taken.${table.key} <> t.${table.key}`, 'externalIdTaken externalId']);
  if (!hasExternal) return part;
  const twice = `
    left join (select external_id, min(line) as line from ${staged.name} where refusal is null group by external_id having count(*) > 1) twice
      on twice.external_id = s.external_id`;
  return {
    ...part,
    joins: [...joins, twice],
    refusals: [['s.line > twice.line', 'duplicateInFile externalId'], ...part.refusals],
  };
}

// One join a way of naming: an OR between them would ask for each row by itself.
function namedJoins({ companyId, table, staged: { used } }: Resolving): string[] {
  const { table: name, key, hasDisplayId } = table;
  const company = quoteLiteral(companyId);
  const ways: Record<string, string | false> = {
    by_id: used.ids.has('id') && 'by_id.id = s.id',
    by_number:
      hasDisplayId === true &&
      used.others.has('id') &&
      `by_number.key = case when s.id ~ '^[0-9]+$' then s.id::bigint end`,
    by_external: used.columns.has('external_id') && 'by_external.external_id = s.external_id and s.id is null',
  };
  const chosen = Object.keys(ways).filter((way) => ways[way] !== false);
  const joins = chosen.map(
    (way) => `left join ${name} ${way} on ${way}.company_id = ${company} and ${String(ways[way])}`,
  );
  const found = `coalesce(null, ${chosen.map((way) => `${way}.${key}`).join(', ')})`;
  const taken = `left join ${name} taken on taken.company_id = ${company} and taken.external_id = s.external_id and s.id is not null`;
  return [...joins, `left join ${name} t on t.${key} = ${found}`, ...(used.columns.has('external_id') ? [taken] : [])];
}

/** A consent is found by its person and name. */
function consentPart({ companyId, staged: { used } }: Resolving, person: string): Part {
  const isNamed = used.columns.has('name') ? `t.person_key = ${person} and t.name = s.name` : 'false';
  return {
    joins: [`left join consent t on t.company_id = ${quoteLiteral(companyId)} and ${isNamed}`],
    columns: ['t.person_key as target'],
    refusals: [],
  };
}
