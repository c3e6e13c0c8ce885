import { type Merged } from './importTable.ts';
import { type Resolving } from './resolving.ts';

/** SQL for what a column will hold: what the row gives, or what is there already; null where the row clears it. */
export function mergedColumns({ table, staged: { used } }: Pick<Resolving, 'table' | 'staged'>): Merged {
  return (column) => {
    const at = table.fields.findIndex((field) => field.role === 'value' && field.column === column);
    const field = table.fields[at];
    const there = `coalesce(t.${column}, ${field?.default ?? 'null'})`;
    const given = used.columns.has(column) ? `coalesce(s.${column}, ${there})` : there;
    return used.clears ? `case when ${isCleared(at)} then null else ${given} end` : given;
  };
}

/** SQL for whether a row clears the field at a position. */
export function isCleared(at: number): string {
  return `s.cleared & ${2n ** BigInt(Math.max(at, 0))} <> 0`;
}
