import { type Database } from '@muster/core/database';
import { codeOf, TemporaryFailure } from '@muster/core/errors';
import { quoteLiteral } from '../sqlText.ts';
import { type ImportField } from './importTable.ts';
import { isCleared, mergedColumns } from './mergedColumns.ts';
import { type Resolving } from './resolving.ts';

/** One column that the rows say something about. */
interface Assignment {
  column: string;
  /** SQL for an object that is there (`t`), and for a new one. */
  merged: string;
  fresh: string;
}

/** How many rows that were not refused met an object, and how many are new. */
export interface RowsToApply {
  there: number;
  fresh: number;
}

/** Writes the rows that were not refused: changes to what is there, unless they change nothing, and what is new. Gives what was written. */
export async function applyRows(
  tx: Database,
  resolving: Resolving,
  { there, fresh }: RowsToApply,
): Promise<{ changed: number; inserted: number }> {
  try {
    const changed = there > 0 ? await tx.execute(updateOf(resolving)) : 0;
    return { changed, inserted: fresh > 0 ? await tx.execute(insertOf(resolving)) : 0 };
  } catch (error) {
    if (!['23505', '23503'].includes(codeOf(error) ?? '')) throw error;
    throw new TemporaryFailure(
      'importDisturbed',
      'somebody else changed the same objects meanwhile: the file is applied anew',
    );
  }
}

function updateOf(resolving: Resolving) {
  const { companyId, table, staged, checked } = resolving;
  const changes = assignments(resolving).filter(
    ({ column }) => column !== 'external_id' || staged.used.columns.has('id'),
  );
  if (changes.length === 0) return 'select where false';
  const touches = [...(table.touches?.(mergedColumns(resolving)) ?? []), ['updated_at', 'now()']] as [string, string][];
  const isFound =
    table.prefix === undefined
      ? `t.${table.key} = c.target and t.name = s.name`
      : `t.${table.key} = c.target and t.deleted_at is null`;
  return `
    update ${table.table} t
    set ${[...changes.map(({ column, merged }) => [column, merged]), ...touches].map((change) => change.join(' = ')).join(', ')}
    from ${checked} c join ${staged.name} s on s.line = c.line
    where c.refusal is null and ${isFound} and t.company_id = ${quoteLiteral(companyId)}
      and (${changes.map(({ column }) => `t.${column}`).join(', ')}) is distinct from (${changes.map(({ merged }) => merged).join(', ')})`;
}

function insertOf(resolving: Resolving) {
  const { companyId, table, staged, checked } = resolving;
  const columns: [string, string][] = [
    ['company_id', quoteLiteral(companyId)],
    ...assignments(resolving).map(({ column, fresh }): [string, string] => [column, fresh]),
  ];
  if (table.ofPerson) columns.push(['person_key', 'c.person_key']);
  return `
    insert into ${table.table} (${columns.map(([column]) => column).join(', ')})
    select ${columns.map(([, sql]) => sql).join(', ')}
    from ${checked} c join ${staged.name} s on s.line = c.line
    where c.refusal is null and c.target is null`;
}

function assignments(resolving: Resolving): Assignment[] {
  const { table, staged } = resolving;
  const { used } = staged;
  const fields = table.fields.filter(({ role }) => role === 'value');
  const merged = mergedColumns(resolving);
  return [
    ...(used.columns.has('external_id') ? [externalId] : []),
    ...fields.filter((field) => isTold(field, used)).map((field) => valueOf(field, merged(field.column), used.columns)),
    ...referenceAssignments(resolving),
    ...detailsAssignments(resolving),
  ];
}

type Used = Resolving['staged']['used'];

const externalId = { column: 'external_id', merged: 'coalesce(s.external_id, t.external_id)', fresh: 's.external_id' };

function isTold({ column, required, default: standard }: ImportField, used: Used) {
  return used.columns.has(column) || (used.clears && !required && standard === undefined);
}

function valueOf({ column, default: standard }: ImportField, merged: string, given: Set<string>): Assignment {
  if (!given.has(column)) return { column, merged, fresh: 'null' };
  return { column, merged, fresh: standard === undefined ? `s.${column}` : `coalesce(s.${column}, ${standard})` };
}

/** The loans and the contact of an interaction, by their keys. */
function referenceAssignments({ table, staged: { used } }: Resolving): Assignment[] {
  const keys = { loan_keys: ['loan_ref', 'loan_refs'], contact_key: ['contact_ref', 'contact_external_id'] };
  return Object.entries(keys).flatMap(([column, names]) => {
    const isGiven = names.some((name) => used.columns.has(name));
    const positions = names
      .map((name) => table.fields.findIndex((field) => field.column === name))
      .filter((at) => at >= 0);
    if (positions.length === 0 || !(isGiven || used.clears)) return [];
    const given = isGiven ? `c.${column}` : 'null';
    const kept = `case when ${positions.map(isCleared).join(' or ')} then null else t.${column} end`;
    return [{ column, merged: `coalesce(${given}, ${kept})`, fresh: given }];
  });
}

/** What is kept in JSON, the earlier interaction among it. */
function detailsAssignments({ table, staged: { used } }: Resolving): Assignment[] {
  const at = table.fields.findIndex(({ column }) => column === 'previous_ref');
  const mayClear = used.clears && at >= 0;
  const isNamed = used.columns.has('previous_ref');
  if (!used.details && !isNamed && !mayClear) return [];
  const previous = isNamed
    ? ` || case when c.previous_id is null then '{}' else jsonb_build_object('previousInteractionId', c.previous_id) end`
    : '';
  const kept = mayClear ? ` - case when ${isCleared(at)} then 'previousInteractionId' else '' end` : '';
  const given = `coalesce(s.details, '{}')${previous}`;
  const stripped = (sql: string) => `nullif(jsonb_strip_nulls(${sql}), '{}')`;
  const merged = stripped(`(coalesce(t.details, '{}')${kept}) || ${given}`);
  return [{ column: 'details', merged, fresh: stripped(given) }];
}
