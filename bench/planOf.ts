import { type Database } from '@muster/core/database';
import { type OpenDatabase } from '@muster/db/openDatabase';

/**
 * Does a piece of work on a database, and gives with its result the plan of each statement that makes a table of what it
 * selects, by the name of that table. These are planned twice, which takes milliseconds.
 */
export async function plansOf<Result>(db: OpenDatabase, work: (db: OpenDatabase) => Promise<Result>) {
  const plans = new Map<string, string>();
  const result = await work({
    ...db,
    transaction: (within, ...options) => db.transaction((tx) => within(explaining(tx, plans)), ...options),
  });
  return { plans, result };
}

function explaining<Tx extends Database>(tx: Tx, plans: Map<string, string>): Tx {
  return {
    ...tx,
    execute: async (sql, ...values) => {
      const [, table, select] = /^\s*create unlogged table (\S+) as\s(.*)$/s.exec(sql) ?? [];
      if (table !== undefined) {
        const lines = await tx.query<{ 'QUERY PLAN': string }>(`explain (costs off) ${select}`);
        plans.set(table, lines.map((line) => line['QUERY PLAN']).join('\n'));
      }
      return tx.execute(sql, ...values);
    },
  };
}

/** Throws where a plan looks something up row by row, or leaves all of the work to one process. */
export function expectSets(plan: string): void {
  const forbidden = plan.split('\n').filter((line) => /Index (Only )?Scan|Bitmap|SubPlan/.test(line));
  if (forbidden.length > 0) throw new Error(`the plan asks row by row: ${forbidden.join('; ')}`);
  if (!plan.includes('Gather')) throw new Error('the plan does not go parallel');
}
