import { type Database } from '@muster/core/database';
import { PermanentFailure } from '@muster/core/errors';
import { type AudienceScope, type InputCounts } from '@muster/pipeline/ports';
import { quoteLiteral } from './sqlText.ts';
import { scratchTables, type ScratchTables } from './scratchTables.ts';

/** Counted as invalid, and like all reasons named after the one that counts. */
const unknownLoan = 'invalid unknownLoan';

const wholeNumber = '^-?[0-9]+$';

interface IdColumns {
  columns: readonly string[];
  /** Positions; `other` and `loan` are -1 where there is none. A row's borrower is in the first, the other, or both alike. */
  borrower: number;
  other: number;
  loan: number;
}

/**
 * Says of each row why it does not go on. Throws `badValue` where an id column holds what is no id, and `ambiguousColumn`
 * where two of them name two borrowers in one row.
 */
export async function checkRows(db: Database, scope: AudienceScope, ids: IdColumns): Promise<InputCounts> {
  const tables = scratchTables(scope);
  await db.execute(`drop table if exists ${tables.checked};
    create unlogged table ${tables.checked} as ${checkedRows(tables, scope.companyId, ids)}`);
  const found = await count(db, tables.checked);
  const { badLine, ...counts } = found;
  if (badLine !== null) throw await faultOf(db, tables, { ids, line: badLine });
  const { rows, invalid, duplicate, unknownBorrower, goOn } = counts;
  if (rows !== invalid + duplicate + unknownBorrower + goOn) throw new Error('the counts of the rows do not add up');
  await db.execute(`analyze ${tables.checked}`);
  return counts;
}

/** The failure that a line's reason, `fault <kind> <position of the column>`, stands for. */
async function faultOf(db: Database, { checked }: ScratchTables, { ids, line }: { ids: IdColumns; line: number }) {
  const [row] = await db.query<{ reason: string }>(`select reason from ${checked} where line = $1`, [line]);
  const [, kind, at] = row?.reason.split(' ') ?? [];
  if (kind === 'ambiguous') return ambiguousColumn(ids, line);
  const column = ids.columns[Number(at)] ?? '';
  const what =
    kind === 'tooLarge'
      ? 'this number is too large to name a borrower or loan'
      : 'this is no whole number that names a borrower or loan';
  const say = `line ${line}, column "${column}": ${what} (the header is line 1); give the displayId as an integer`;
  return new PermanentFailure('badValue', say, { details: { column, line } });
}

function ambiguousColumn({ columns: names, borrower, other }: IdColumns, line: number) {
  const columns = [borrower, other].map((at) => names[at] ?? '');
  const say =
    `line ${line}, columns ${columns.map((name) => `"${name}"`).join(' and ')}: these name two borrowers ` +
    '(the header is line 1); give one of them, or the same id in both';
  return new PermanentFailure('ambiguousColumn', say, { details: { columns, line } });
}

/**
 * The funnel's first half: what is no id, what is null or negative (or names a loan that is not the borrower's), what
 * came before, whom nobody knows. An id is an integer (displayId) or our own `BO-…`, `LN-…`.
 */
function checkedRows({ source }: ScratchTables, companyId: string, ids: IdColumns) {
  const company = quoteLiteral(companyId);
  const hasLoan = ids.loan >= 0;
  return `
    select line, p.key as person_key, ${hasLoan ? 'l.key' : 'null::bigint'} as loan_key,
      case
        ${faults(ids)}
        when borrower is null or borrower < 0 or loan < 0 then 'invalid'
        when nth > 1 then 'duplicate'
        when p.key is null then 'unknownBorrower'
        ${hasLoan ? `when loan is not null and l.key is null then '${unknownLoan}'` : ''}
      end as reason
    from (
      select *, row_number() over (partition by borrower, loan order by line) as nth
      from (select *, coalesce(own, other) as borrower from (${parsedRows(source, company, ids)}) parsed) named
    ) r
    left join person p on p.key = r.borrower and p.company_id = ${company} and p.deleted_at is null
    ${hasLoan ? `left join loan l on l.key = r.loan and l.person_key = p.key and l.company_id = ${company} and l.deleted_at is null` : ''}`;
}

// "offset 0": else the planner pulls the cells' expressions up, and they are worked out at each step again
function parsedRows(source: string, company: string, { borrower, other, loan }: IdColumns) {
  const person = { prefix: 'BO', table: 'person', company };
  const parsed = (at: number, name: string, named: Named) =>
    at < 0
      ? `null::text as ${name}_cell, null::bigint as ${name}`
      : `c${at + 1} as ${name}_cell, ${idKey(`c${at + 1}`, named)} as ${name}`;
  return `
    select line, ${parsed(borrower, 'own', { ...person, nobody: '2 * line' })},
      ${parsed(other, 'other', { ...person, nobody: '2 * line + 1' })},
      ${parsed(loan, 'loan', { prefix: 'LN', table: 'loan', company, nobody: 'line' })}
    from ${source} offset 0`;
}

function faults({ borrower, other, loan }: IdColumns) {
  return `
    when own is null and own_cell <> '' then ${faultIn('own_cell', borrower)}
    when other is null and other_cell <> '' then ${faultIn('other_cell', other)}
    when loan is null and loan_cell <> '' then ${faultIn('loan_cell', loan)}
    when own <> other and own_cell <> other_cell then 'fault ambiguous'`;
}

/** SQL for the reason of a row whose cell is no id. */
function faultIn(cell: string, at: number) {
  return `case when ${cell} ~ '${wholeNumber}' then 'fault tooLarge ${at}' else 'fault noNumber ${at}' end`;
}

interface Named {
  prefix: string;
  table: string;
  company: string;
  /** SQL for a number that is this cell's alone. */
  nobody: string;
}

/** SQL for the key of the person or loan that a cell names; null where it names none. */
function idKey(cell: string, { prefix, table, company, nobody }: Named) {
  // an id of ours that nobody in the company has becomes a number beyond all keys, which end at 2^40: unknown, and like
  // no other; an id of another company must not show by its duplicates that somebody has it
  return `case
    when ${cell} ~ '${wholeNumber}' and pg_input_is_valid(${cell}, 'bigint') then ${cell}::bigint
    when ${cell} ~ '^${prefix}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$'
      then coalesce((select t.key from ${table} t where t.id = ${cell} and t.company_id = ${company}), (1::bigint << 62) + ${nobody})
  end`;
}

interface Found extends InputCounts {
  /** The first line that holds what is no id. */
  badLine: number | null;
}

async function count(db: Database, checked: string): Promise<Found> {
  const [row] = await db.query<{ found: Found }>(`
    select json_build_object(
      'rows', count(*),
      'invalid', count(*) filter (where reason in ('invalid', '${unknownLoan}')),
      'duplicate', count(*) filter (where reason = 'duplicate'),
      'unknownBorrower', count(*) filter (where reason = 'unknownBorrower'),
      'goOn', count(*) filter (where reason is null),
      'badLine', min(line) filter (where starts_with(reason, 'fault '))) as found
    from ${checked}`);
  if (!row) throw new Error('the rows could not be counted');
  return row.found;
}
