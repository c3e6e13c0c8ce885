import { type Database } from '@muster/core/database';
import { type ImportField, type Merged } from './importTable.ts';
import { interactionParts } from './interactionParts.ts';
import { mergedColumns } from './mergedColumns.ts';
import { personPart } from './personPart.ts';
import { targetPart } from './targetPart.ts';
import { type Resolving } from './resolving.ts';

/**
 * Looks up, for all rows at once, which object each means and whom it names, and says which rows are refused: for what is
 * not there, was deleted, is another person's, came before in the file, or would break a rule.
 */
export async function resolveRows(tx: Database, resolving: Resolving): Promise<void> {
  await tx.execute(`create unlogged table ${resolving.checked} as ${resolvedRows(resolving)}`);
  for (const identity of laterIdentities(resolving)) await refuseLater(tx, resolving, identity);
  await tx.execute(`analyze ${resolving.checked}`);
}

function resolvedRows(resolving: Resolving) {
  const { table, staged } = resolving;
  const person = table.ofPerson ? [personPart(resolving)] : [];
  const target = targetPart(resolving, person[0]?.key);
  const named = interactionParts(resolving, person[0]?.key);
  const parts = [...person, target, ...named]; // a consent is looked up by its person
  const refusals = [
    ...[target, ...person, ...named].flatMap((part) => part.refusals), // the first one counts
    ...table.fields.flatMap(requiredRule(mergedColumns(resolving))),
    ...(table.rules?.(mergedColumns(resolving)) ?? []),
  ].map(([sql, refusal]) => `when ${sql} then '${refusal}'`);
  return `
    select s.line, ${parts.flatMap((part) => part.columns).join(', ')},
      case ${refusals.join('\n')} end as refusal
    from ${staged.name} s ${parts.flatMap((part) => part.joins).join('\n')}
    where s.refusal is null`;
}

function requiredRule(merged: Merged) {
  return ({ name, column, required }: ImportField): [string, string][] =>
    required ? [[`${merged(column)} is null`, `required ${name}`]] : [];
}

/** What no two rows of a file may share, beside the externalId: SQL, and the field to name. */
function laterIdentities({ table, staged: { used } }: Resolving): [sql: string, field: string][] {
  if (table.prefix === undefined) return [['c.person_key, s.name', 'name']];
  return used.columns.has('id') ? [['c.target', 'id']] : [];
}

// The first one counts: a file says in its order what is meant, and which of two is right nobody can know.
async function refuseLater(tx: Database, { staged, checked }: Resolving, [identity, field]: [string, string]) {
  await tx.execute(`
    update ${checked} c set refusal = 'duplicateInFile ${field}'
    from (
      select c.line, row_number() over (partition by ${identity} order by c.line) as nth
      from ${checked} c join ${staged.name} s on s.line = c.line
      where c.refusal is null and (${identity}) is not null
    ) found
    where found.nth > 1 and found.line = c.line`);
}
