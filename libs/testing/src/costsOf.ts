import { type Database } from '@muster/core/database';

/** A statement, how many pages the database has looked at for it, and which tables it reads from end to end. */
export interface StatementCost {
  sql: string;
  pages: number;
  whole: string[];
}

interface Plan {
  'Node Type': string;
  'Subplan Name'?: string;
  'CTE Name'?: string;
  'Relation Name'?: string;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: Plan[];
}

const CAN_BE_EXPLAINED = /^\s*\(?\s*(?:select|with|insert|update|delete)\b/i;

/** Does a piece of work in one transaction, and gives what each of its statements costs: first tried out, then carried out. */
export async function costsOf(db: Database, work: (db: Database) => Promise<unknown>): Promise<StatementCost[]> {
  const costs: StatementCost[] = [];
  await db.transaction(async (tx) => {
    const note = async (sql: string, parameters: readonly unknown[] = []) => {
      if (CAN_BE_EXPLAINED.test(sql)) costs.push({ sql, ...(await costOf(tx, sql, parameters)) });
    };
    const explaining: Database = {
      ...tx,
      query: async (sql, parameters) => {
        await note(sql, parameters);
        return tx.query(sql, parameters);
      },
      execute: async (sql, parameters) => {
        await note(sql, parameters);
        return tx.execute(sql, parameters);
      },
      transaction: async (inner, opening) => inner(explaining, opening === undefined ? [] : await tx.query(opening)),
    };
    await work(explaining);
  });
  return costs;
}

async function costOf(tx: Database, sql: string, parameters: readonly unknown[]) {
  await tx.execute('savepoint explained');
  const [row] = await tx.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `explain (analyze, buffers, timing off, format json) ${sql}`,
    parameters,
  );
  await tx.execute('rollback to savepoint explained');
  if (!row) throw new Error('explaining gave nothing');
  const [{ Plan: plan }] = row['QUERY PLAN'];
  const whole = nodesOf(plan).filter((node) => node['Node Type'] === 'Seq Scan');
  return {
    pages: [plan, ...unread(plan)].reduce((sum, part) => sum + ownPages(part), 0),
    whole: whole.map((node) => node['Relation Name'] ?? ''),
  };
}

/** What a statement changes beside: a plan counts only the parts that another part reads. */
function unread(plan: Plan): Plan[] {
  const all = nodesOf(plan);
  const isRead = (name: string) => all.some((node) => node['CTE Name'] === name);
  return all.filter(
    (node) => node['Node Type'] === 'ModifyTable' && node !== plan && !isRead((node['Subplan Name'] ?? '').slice(4)),
  );
}

function nodesOf(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

function ownPages(plan: Plan) {
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
}
