import { writeFile } from 'node:fs/promises';
import pg from 'pg';

/** What the server must preload for it. */
export const COUNTING = { 'pg_stat_statements.track_planning': 'on', 'pg_stat_statements.max': '20000' };

const MOST = 60;
const SHOWN = 400; // characters of a statement

// The tables of a run bear its number: one line for all runs.
const COSTS = `
  select round(sum(total_plan_time)::numeric) as plan_ms, round(sum(total_exec_time)::numeric) as exec_ms, sum(calls) as calls,
    round((sum(total_plan_time + total_exec_time) / greatest(sum(calls), 1))::numeric, 3) as ms_each, min(query) as query
  from (
    select *, regexp_replace(regexp_replace(query, '\\s+', ' ', 'g'), '"[^"]*_([a-z]+)"', '\\1', 'g') as alike
    from pg_stat_statements
  ) statement
  group by left(alike, 600) order by sum(total_plan_time + total_exec_time) desc limit ${MOST}`;

interface Cost {
  plan_ms: string;
  exec_ms: string;
  calls: string;
  ms_each: string;
  query: string;
}

/** Writes which statements took how long to plan and to carry out since it was last asked, the dearest first. */
export async function writeStatementCosts(url: string, file: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('create extension if not exists pg_stat_statements');
    const { rows } = await client.query<Cost>(COSTS);
    await writeFile(
      file,
      [lineOf(['plan ms', 'exec ms', 'calls', 'ms each', 'statement']), ...rows.map(show)].join(''),
    );
    await client.query('select pg_stat_statements_reset()');
  } finally {
    await client.end();
  }
}

function show({ plan_ms, exec_ms, calls, ms_each, query }: Cost) {
  return lineOf([plan_ms, exec_ms, calls, ms_each, query.replaceAll(/\s+/g, ' ').slice(0, SHOWN)]);
}

function lineOf(columns: string[]) {
  return `${columns.map((column, at) => (at < 4 ? column.padStart(9) : column)).join('  ')}\n`;
}
