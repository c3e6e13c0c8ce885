import { type Database } from '@muster/core/database';
import { type AudienceScope } from '@muster/pipeline/ports';
import { scratchTable } from '../scratchTables.ts';
import { type Asked, type Fact } from './asked.ts';
import { tried } from './attempts.ts';
import { relations } from './facts.ts';
import { judge } from './judge.ts';

/** The rows of a run below which making tables of facts takes longer than they save. */
export const GATHER_FROM_ROWS = 10_000;

/**
 * Gathers what the rules look at by person into tables, where that is worth it: inside the statement each of its parallel
 * workers would gather all of it anew. Gives what is asked with the tables named; `drop` lets them go.
 */
export async function gatherFacts(
  tx: Database,
  scope: AudienceScope,
  { asked, isWorthIt }: { asked: Asked; isWorthIt: boolean },
): Promise<{ asked: Asked; drop: () => Promise<unknown> }> {
  const gathered = new Map<Fact | 'tried', string>();
  const gather = async (name: Fact | 'tried', relation: string) => {
    const table = scratchTable(scope, name);
    await tx.execute(`drop table if exists ${table}`);
    await tx.execute(`create unlogged table ${table} as select * from ${relation} gathered`);
    await tx.execute(`analyze ${table}`);
    gathered.set(name, table);
  };
  const needs = isWorthIt ? judge(asked).needs : [];
  // both counts from one look: what is tried in between two would be missed by both
  if (needs.includes('loanAttempts')) await gather('tried', `(${tried(asked)})`);
  for (const fact of needs) {
    const relation = relations[fact]?.({ ...asked, gathered });
    if (relation !== undefined) await gather(fact, relation);
  }
  const tables = [...gathered.values()];
  const drop = async () => tables.length > 0 && tx.execute(`drop table ${tables.join(', ')}`);
  return { asked: { ...asked, gathered }, drop };
}
