import { type Readable } from 'node:stream';
import { type Database } from '@muster/core/database';
import { PermanentFailure } from '@muster/core/errors';
import { type DecidedFiles, type DecidedRun, type StoreDecisions } from '@muster/pipeline/loadDecisions';
import { copyIn } from '../copyCsv.ts';
import { inSets } from '../inSets.ts';
import { readHeader } from '../readHeader.ts';
import { quoteLiteral } from '../sqlText.ts';
import { channelOfContact } from './askedOfRun.ts';

/**
 * Stores what a run has decided of each contact, from its sealed files: those let through, those refused with all their
 * reasons, and the persons without a contact, or whom a row named in no valid way. Rows that named nobody, or one person
 * again, decided nothing. All in sets and in one transaction, with the tables in between; whatever was stored of the run
 * before goes.
 */
export function storeDecisions(db: Database): StoreDecisions {
  return (run, files, { signal, record }) =>
    inSets(db, {})(async (tx) => {
      const taken = await takeIn(tx, { run, files, signal });
      if (run.storedAt) {
        // the moment tells where they lie: there is no index by run
        await tx.execute('delete from decision where run_id = $1 and decided_at = $2', [run.id, run.storedAt]);
      }
      const contacts = await tx.execute(insertDecisions(run, decidedContacts(run, taken)));
      const people = await tx.execute(insertDecisions(run, peopleWithout(run, taken)));
      await record(tx, { contacts, people });
      await tx.execute(`drop table ${taken.exclusions.name}, ${taken.matches.name}`);
    }, signal);
}

/** A file of the run as a table, whose columns are found by their names. */
interface Taken {
  name: string;
  column(name: string): string;
}

interface TakenFiles {
  exclusions: Taken;
  matches: Taken;
}

interface Taking {
  run: DecidedRun;
  files: DecidedFiles;
  signal: AbortSignal;
}

async function takeIn(tx: Database, { run, files, signal }: Taking): Promise<TakenFiles> {
  const take = (kind: keyof DecidedFiles) => takeFile(tx, { name: tableFor(run.id, kind), csv: files[kind], signal });
  return { exclusions: await take('exclusions'), matches: await take('matches') };
}

async function takeFile(
  tx: Database,
  { name, csv, signal }: { name: string; csv: Readable; signal: AbortSignal },
): Promise<Taken> {
  const { columns: names, rest } = await readHeader(csv);
  const columns = names.map((_, at) => `c${at + 1}`);
  await tx.execute(`create unlogged table ${name} (${columns.join(' text, ')} text)`);
  await copyIn(tx, { table: name, columns, signal }, rest);
  await tx.execute(`analyze ${name}`);
  return {
    name,
    column: (wanted) => {
      const at = names.indexOf(wanted);
      if (at < 0) throw new PermanentFailure('columnMissing', `a file of the run has no column ${wanted}`);
      return `c${at + 1}`;
    },
  };
}

// No underscore, which divides the parts of a table's name, and nothing that needs quoting.
const RUN_ID = /^[A-Za-z0-9-]{1,40}$/;

function tableFor(runId: string, kind: string) {
  if (!RUN_ID.test(runId)) throw new Error('this is no id of a run');
  return `scratch."${runId}_decided${kind}"`;
}

function insertDecisions({ id, companyId, decidedAt }: DecidedRun, decided: string) {
  return `
    insert into decision (company_id, run_id, decided_at, person_key, contact_key, loan_keys, channel, theme, verdict,
      reasons, rules, compared, rule_packs)
    select ${quoteLiteral(companyId)}, ${quoteLiteral(id)}, ${quoteLiteral(decidedAt)}::timestamptz, decided.*
    from (${decided}) decided`;
}

function decidedContacts({ companyId, theme }: DecidedRun, { exclusions, matches }: TakenFiles) {
  const [included, excluded] = [matches.column, exclusions.column];
  const said = (name: string, divider: string) => `string_to_array(${excluded(name)}, '${divider}')`;
  return `
    select c.person_key, c.key, case when d.loan_key is not null then array[d.loan_key] end, ${channelOfContact}, ${themeOf(theme)},
      d.verdict, d.reasons, d.rules, d.compared, d.packs
    from (
      select ${included('contact_id')} as contact_id, ${included('loan_key')}::bigint as loan_key, 'included' as verdict,
        null::text[] as reasons, null::text[] as rules, null::text[] as compared, ${included('packs')} as packs
      from ${matches.name}
      union all
      select ${excluded('contactId')}, ${loanKey(exclusions)}, 'excluded',
        ${said('reasons', ' ')}, ${said('rules', ' ')}, ${said('compared', '; ')}, ${excluded('rulePacks')}
      from ${exclusions.name} e ${joinNamed('loan', excluded('loanId'), companyId)}
      where ${excluded('contactId')} is not null
    ) d
    join contact c on c.id = d.contact_id and c.company_id = ${quoteLiteral(companyId)}`;
}

// The loan of a row that is not valid may be somebody else's.
function peopleWithout({ companyId, theme }: DecidedRun, { exclusions }: TakenFiles) {
  const [borrower, reasons] = [exclusions.column('borrowerId'), exclusions.column('reasons')];
  const ownLoan = `case when ${reasons} = 'noContact' then ${loanKey(exclusions)} end`;
  return `
    select distinct p.key, null::bigint, case when ${ownLoan} is not null then array[${ownLoan}] end, null::text,
      ${themeOf(theme)}, 'excluded', string_to_array(${reasons}, ' '), null::text[], null::text[], null::text
    from ${exclusions.name} e
    ${joinNamed('loan', exclusions.column('loanId'), companyId)}
    ${joinNamed('person', borrower, companyId)}
    join person p on p.key = coalesce(${numberIn(borrower)}, person.key) and p.company_id = ${quoteLiteral(companyId)}
    where ${exclusions.column('contactId')} is null and split_part(${reasons}, ' ', 1) in ('noContact', 'invalid')`;
}

// Rows name persons and loans by a displayId or by our id, and a loan that went on is the person's.
function joinNamed(table: 'person' | 'loan', cell: string, companyId: string) {
  return `left join ${table} on ${table}.id = ${cell} and ${table}.company_id = ${quoteLiteral(companyId)}`;
}

function loanKey({ column }: Taken) {
  return `coalesce(${numberIn(column('loanId'))}, loan.key)`;
}

function numberIn(cell: string) {
  return `case when ${cell} ~ '^0*[0-9]{1,18}$' then ${cell}::bigint end`;
}

function themeOf(theme: string | null) {
  return theme === null ? 'null::text' : quoteLiteral(theme);
}
