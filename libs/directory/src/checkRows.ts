import { type Database } from '@muster/core/database';
import { PermanentFailure } from '@muster/core/errors';
import { type AudienceScope, type InputCounts } from '@muster/pipeline/ports';
import { quoteLiteral } from './sqlText.ts';
import { scratchTables, type ScratchTables } from './scratchTables.ts';

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
  const { badBorrower, badLoan, ...counts } = found;
  const bad = Math.min(badBorrower ?? Infinity, badLoan ?? Infinity);
  if (bad < Infinity) throw badValue(bad === badBorrower ? ids.columns[ids.borrower] : 'loanId', bad);
  const { rows, invalid, duplicate, unknownBorrower, goOn } = counts;
  if (rows !== invalid + duplicate + unknownBorrower + goOn) throw new Error('the counts of the rows do not add up');
  await db.execute(`analyze ${tables.checked}`);
  return counts;
}

function badValue(column: string | undefined, line: number) {
  const say =
    `line ${line}, column "${column ?? ''}": this is no whole number that names a borrower or loan ` +
    '(the header is line 1); give the displayId as an integer';
  return new PermanentFailure('badValue', say, { details: { column, line } });
}

/**
 * The funnel's first half in one pass: what is no id, what is null or negative (or names a loan that is not the
 * borrower's), what came before, whom nobody knows. An id is an integer (displayId) or our own `BO-…`, `LN-…`.
 */
function checkedRows({ source }: ScratchTables, companyId: string, { borrower, loan }: IdColumns) {
  const company = quoteLiteral(companyId);
  const borrowerId = idCell(`c${borrower + 1}`, { prefix: 'BO', table: 'person' });
  const loanId = loan < 0 ? noCell : idCell(`c${loan + 1}`, { prefix: 'LN', table: 'loan' });
  return `
    with parsed as (
      select line,
        ${borrowerId.key} as borrower, ${borrowerId.ours} as borrower_id, ${borrowerId.kind} as borrower_kind,
        ${loanId.key} as loan, ${loanId.ours} as loan_id, ${loanId.kind} as loan_kind
      from ${source}
    ), counted as (
      select *, row_number() over (partition by borrower, loan${loan < 0 ? '' : ', loan_id'}, borrower_id order by line) as nth
      from parsed
    )
    select r.line, p.key as person_key, l.key as loan_key,
      case
        when borrower_kind = 'bad' then 'badBorrower'
        when loan_kind = 'bad' then 'badLoan'
        when borrower_kind = 'none' or borrower < 0 or loan < 0 then 'invalid'
        when nth > 1 then 'duplicate'
        when p.key is null then 'unknownBorrower'
        when loan_kind <> 'none' and l.key is null then 'unknownLoan'
      end as reason
    from counted r
    left join person p on p.key = r.borrower and p.company_id = ${company} and p.deleted_at is null
    ${
      loan < 0
        ? 'left join loan l on false'
        : `left join loan l on l.key = r.loan and l.person_key = p.key and l.company_id = ${company} and l.deleted_at is null`
    }`;
}

const noCell = { key: 'null::bigint', ours: 'null::text', kind: `'none'` };

/** SQL for a cell that names a person or loan: its key, the id of ours where nobody has it, and which kind of cell it is. */
function idCell(cell: string, { prefix, table }: { prefix: string; table: string }) {
  const isOurs = `${cell} ~ '^${prefix}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$'`;
  const isInteger = `${cell} ~ '^-?[0-9]+$' and pg_input_is_valid(${cell}, 'bigint')`;
  const found = `(select t.key from ${table} t where t.id = ${cell})`;
  return {
    key: `case when ${isInteger} then ${cell}::bigint when ${isOurs} then ${found} end`,
    ours: `case when ${isOurs} and ${found} is null then ${cell} end`,
    kind: `case when coalesce(${cell}, '') = '' then 'none' when ${isInteger} then 'integer' when ${isOurs} then 'ours' else 'bad' end`,
  };
}

interface Found extends InputCounts {
  badBorrower: number | null;
  badLoan: number | null;
}

async function count(db: Database, checked: string): Promise<Found> {
  const [row] = await db.query<{ found: Found }>(`
    select json_build_object(
      'rows', count(*),
      'invalid', count(*) filter (where reason in ('invalid', 'unknownLoan')),
      'duplicate', count(*) filter (where reason = 'duplicate'),
      'unknownBorrower', count(*) filter (where reason = 'unknownBorrower'),
      'goOn', count(*) filter (where reason is null),
      'badBorrower', min(line) filter (where reason = 'badBorrower'),
      'badLoan', min(line) filter (where reason = 'badLoan')) as found
    from ${checked}`);
  if (!row) throw new Error('the rows could not be counted');
  return row.found;
}
