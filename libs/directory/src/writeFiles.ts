import { type Writable } from 'node:stream';
import { type Database } from '@muster/core/database';
import { type AudienceScope, type MatchCache, type Matching } from '@muster/pipeline/ports';
import { copyCsv } from './copyCsv.ts';
import { guardFormula } from './formulaGuard.ts';
import { readLoaded, type Loaded } from './loadedRows.ts';
import { expectFields, exportedRows, orderColumns, readFields } from './matchCache.ts';
import { planMatch } from './matchPlan.ts';
import { scratchTables, type ScratchTables } from './scratchTables.ts';

/** Writes the rows that go on, each cell as it came. */
export async function writeInput(tx: Database, scope: AudienceScope, to: Writable): Promise<number> {
  const tables = scratchTables(scope);
  const { columns } = await readLoaded(tx, tables);
  const cells = columns.map((_, at) => `s.c${at + 1}`);
  const select = `
    select ${cells.join(', ')} from ${tables.source} s join ${tables.checked} r on r.line = s.line
    where r.reason is null order by s.line`;
  return copyCsv(tx, { header: columns, select }, to);
}

/** Writes the rows and contacts that were left out, with all their reasons, in the order of the query's rows. */
export async function writeExclusions(tx: Database, scope: AudienceScope, to: Writable): Promise<number> {
  const tables = scratchTables(scope);
  const loaded = await readLoaded(tx, tables);
  const select = exclusions(tables, loaded);
  return copyCsv(tx, { header: exclusionColumns, select }, to);
}

const exclusionColumns = ['line', 'borrowerId', 'loanId', 'contactId', 'reasons', 'rules', 'rulePacks', 'compared'];

function exclusions({ source, checked, matched }: ScratchTables, { borrower, other, loan, isMatched }: Loaded) {
  const own = `s.c${borrower + 1}`;
  const given = other < 0 ? own : `coalesce(nullif(${own}, ''), s.c${other + 1})`;
  const contacts = `
    union all
    select line, contact_id, array_to_string(reasons, ' '), array_to_string(rules, ' '), packs,
      array_to_string(compared, '; ')
    from ${matched} where line > 0 and reasons is not null
    union all
    select line, null, 'noContact', null, null, null from ${checked} r
    where reason is null and not exists (select from ${matched} m where m.line = r.line)`;
  return `
    select e.line, ${given}, ${loan < 0 ? 'null' : `s.c${loan + 1}`}, contact_id, reasons, rules, packs, ${guardFormula('compared')}
    from (
      select line, null as contact_id, reason as reasons, null as rules, null as packs, null as compared
      from ${checked} where reason is not null
      ${isMatched ? contacts : ''}
    ) e join ${source} s on s.line = e.line
    order by e.line, contact_id collate "C"`;
}

/** Writes what matched and was not screened out, from which the cache can be made again. */
export async function writeMatches(tx: Database, cache: MatchCache, to: Writable): Promise<number> {
  const fields = await readFields(tx, cache);
  const cells = [...orderColumns, ...fields.map((_, at) => `f${at + 1}`)];
  const file = { header: [...orderColumns, ...fields], select: `select ${cells.join(', ')} ${exportedRows(cache)}` };
  return copyCsv(tx, file, to);
}

/** Writes the contacts file as the exporter's columns say. */
export async function writeContacts(
  tx: Database,
  { cache, matching }: { cache: MatchCache; matching: Matching },
  to: Writable,
): Promise<number> {
  const plan = planMatch(matching);
  expectFields(await readFields(tx, cache), plan);
  return copyCsv(tx, { header: plan.header, select: `select ${plan.outputs.join(', ')} ${exportedRows(cache)}` }, to);
}
