const USES_BEFORE = 10; // what bears the name of a run's table, or a value, is asked less often
const MOST_NAMES = 300; // each connection keeps a plan for each
const MOST_COUNTED = 500;
const MOST_LENGTH = 10_000; // a longer text is made for one question, and a thousand of them would fill the memory
const PLANNED = /^\s*(?:select|with|insert|update|delete)\b/i;
const SEVERAL = /;\s+(?:select|with|insert|update|delete|create|drop|comment|set)\b/i; // cannot be one prepared statement

const names = new Map<string, string>();
const uses = new Map<string, number>();

/** Names a statement that this process asks again and again, so that each connection parses and plans it once, and not each time. */
export function preparedName(sql: string): string | undefined {
  const name = names.get(sql);
  if (name !== undefined || names.size >= MOST_NAMES || !canBePrepared(sql)) return name;
  const used = (uses.get(sql) ?? 0) + 1;
  uses.delete(sql); // the least used of late is the first to be forgotten
  if (used > USES_BEFORE) names.set(sql, `muster_${names.size}`);
  else count(sql, used);
  return names.get(sql);
}

function canBePrepared(sql: string) {
  return sql.length <= MOST_LENGTH && PLANNED.test(sql) && !SEVERAL.test(sql);
}

function count(sql: string, used: number) {
  const [oldest] = uses.keys();
  if (uses.size >= MOST_COUNTED && oldest !== undefined) uses.delete(oldest);
  uses.set(sql, used);
}
