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
  /** Positions; `loan` is -1 where there is none. */
  borrower: number;
  loan: number;
}

/** Says of each row why it does not go on, and throws `badValue` where an id column holds what is no id. */
export async function checkRows(db: Database, scope: AudienceScope, ids: IdColumns): Promise<InputCounts> {
  const tables = scratchTables(scope);
  await db.execute(`drop table if exists ${tables.checked}`);
  await db.execute(`create unlogged table ${tables.checked} as ${checkedRows(tables, scope.companyId, ids)}`);
  const found = await count(db, tables.checked);
  const { badLine, ...counts } = found;
  if (badLine !== null) throw await faultOf(db, tables, { columns: ids.columns, line: badLine });
  const { rows, invalid, duplicate, unknownBorrower, goOn } = counts;
  if (rows !== invalid + duplicate + unknownBorrower + goOn) throw new Error('the counts of the rows do not add up');
  await db.execute(`analyze ${tables.checked}`);
  return counts;
}

/** The failure that a line's reason, `fault <kind> <position of the column>`, stands for. */
async function faultOf(
  db: Database,
  { checked }: ScratchTables,
  { columns, line }: { columns: readonly string[]; line: number },
) {
  const [row] = await db.query<{ reason: string }>(`select reason from ${checked} where line = $1`, [line]);
  const [, kind, at] = row?.reason.split(' ') ?? [];
  const column = columns[Number(at)] ?? '';
  const what =
    kind === 'tooLarge'
      ? 'this number is too large to name a borrower or loan'
      : 'this is no whole number that names a borrower or loan';
  const say = `line ${line}, column "${column}": ${what} (the header is line 1); give the displayId as an integer`;
  return new PermanentFailure('badValue', say, { details: { column, line } });
}

/**
 * The funnel's first half: what is no id, what is null or negative (or names a loan that is not the borrower's), what
 * came before, whom nobody knows. An id is an integer (displayId) or our own `BO-…`, `LN-…`.
 */
function checkedRows({ source }: ScratchTables, companyId: string, { borrower, loan }: IdColumns) {
  const company = quoteLiteral(companyId);
  const hasLoan = loan >= 0;
  const loanCell = hasLoan ? `c${loan + 1}` : 'null::text';
  const loanKey = hasLoan ? idKey(loanCell, { prefix: 'LN', table: 'loan', company }) : 'null::bigint';
  const borrowerCell = `c${borrower + 1}`;
  // "offset 0": else the planner pulls the cells' expressions up, and they are worked out at each step again
  return `
    select line, p.key as person_key, ${hasLoan ? 'l.key' : 'null::bigint'} as loan_key,
      case
        when borrower is null and borrower_cell <> '' then ${faultIn('borrower_cell', borrower)}
        ${hasLoan ? `when loan is null and loan_cell <> '' then ${faultIn('loan_cell', loan)}` : ''}
        when borrower is null or borrower < 0 or loan < 0 then 'invalid'
        when nth > 1 then 'duplicate'
        when p.key is null then 'unknownBorrower'
        ${hasLoan ? `when loan is not null and l.key is null then '${unknownLoan}'` : ''}
      end as reason
    from (
      select *, row_number() over (partition by borrower, loan order by line) as nth
      from (
        select line, ${borrowerCell} as borrower_cell, ${idKey(borrowerCell, { prefix: 'BO', table: 'person', company })} as borrower,
          ${loanCell} as loan_cell, ${loanKey} as loan
        from ${source} offset 0
      ) parsed
    ) r
    left join person p on p.key = r.borrower and p.company_id = ${company} and p.deleted_at is null
    ${hasLoan ? `left join loan l on l.key = r.loan and l.person_key = p.key and l.company_id = ${company} and l.deleted_at is null` : ''}`;
}

/** SQL for the reason of a row whose cell is no id. */
function faultIn(cell: string, at: number) {
  return `case when ${cell} ~ '${wholeNumber}' then 'fault tooLarge ${at}' else 'fault noNumber ${at}' end`;
}

/** SQL for the key of the person or loan that a cell names; null where it names none. */
function idKey(cell: string, { prefix, table, company }: { prefix: string; table: string; company: string }) {
  // an id of ours that nobody in the company has becomes a number beyond all keys, which end at 2^40: unknown, and like
  // no other; an id of another company must not show by its duplicates that somebody has it
  return `case
    when ${cell} ~ '${wholeNumber}' and pg_input_is_valid(${cell}, 'bigint') then ${cell}::bigint
    when ${cell} ~ '^${prefix}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$'
      then coalesce((select t.key from ${table} t where t.id = ${cell} and t.company_id = ${company}), (1::bigint << 62) + line)
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
