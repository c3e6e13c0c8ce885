import { type Database } from '@muster/core/database';
import { type AudienceScope, type MatchCache, type MatchCounts, type Matching } from '@muster/pipeline/ports';
import { readLoaded } from './loadedRows.ts';
import { markCache } from './matchCache.ts';
import { criteriaOf, planMatch, type MatchPlan } from './matchPlan.ts';
import { quoteArray, quoteLiteral } from './sqlText.ts';
import { scratchTables } from './scratchTables.ts';
import { reasonsOf, screeningRules, type ScreeningFacts } from './screening.ts';

/** Matches and screens all contacts of all rows that go on, in one statement, and counts what became of them. */
export async function matchContacts(
  tx: Database,
  scope: AudienceScope,
  matching: Matching,
): Promise<{ counts: MatchCounts; cache: MatchCache }> {
  const tables = scratchTables(scope);
  const { checked, matched } = tables;
  const plan = planMatch(matching);
  await readLoaded(tx, tables);
  await tx.execute(`drop table if exists ${matched}`);
  await tx.execute(`create unlogged table ${matched} as ${matchedContacts(scope, matching, plan)}`);
  const counts = await count(tx, { checked, matched });
  return { counts, cache: await markCache(tx, { table: matched, rows: counts.contacts }, plan) };
}

function matchedContacts(scope: AudienceScope, matching: Matching, { expressions, joins }: MatchPlan) {
  const { source, checked } = scratchTables(scope);
  const { checkCanInteractData } = matching.exporter;
  const rules = checkCanInteractData ? screeningRules : [];
  const facts: ScreeningFacts = {
    companyId: quoteLiteral(scope.companyId),
    theme: quoteLiteral(checkCanInteractData?.theme ?? ''),
    rows: checked,
    timeZone: quoteLiteral(matching.timeZone),
    now: quoteLiteral(matching.now.toISOString()),
  };
  const fields = expressions.map((sql, at) => `, ${sql} as f${at + 1}`);
  return `
    select row_number() over (order by line, rank, contact_id collate "C") as position,
      row_number() over (partition by line order by rank, contact_id collate "C") as nth, m.*
    from (
      select r.line, c.id as contact_id, ${rankOf} as rank, ${reasonsOf(rules)} as reasons${fields.join('')}
      from ${checked} r
      join contact c on c.person_key = r.person_key
      ${joins.person ? 'join person p on p.key = r.person_key' : ''}
      ${joins.loan ? 'left join loan l on l.key = r.loan_key' : ''}
      ${joins.query ? `join ${source} q on q.line = r.line` : ''}
      ${rules.map(({ join }) => join(facts)).join('\n')}
      where r.reason is null and c.company_id = ${facts.companyId} and c.deleted_at is null
        and ${criteriaOf(matching.exporter)}
    ) m`;
}

const rankOf = `array_position(${quoteArray(['primary', 'secondary', 'additional', 'archived'])}, c.status)`;

async function count(db: Database, { checked, matched }: { checked: string; matched: string }): Promise<MatchCounts> {
  const reasons = await db.query<{ reason: string | null; contacts: string; rows: string }>(`
    select reasons[1] as reason, count(*) as contacts, count(*) filter (where nth = 1) as rows
    from ${matched} group by reasons[1] order by reasons[1]`);
  const [row] = await db.query<{ goOn: string; positions: string }>(`
    select (select count(*) from ${checked} where reason is null) as "goOn",
      (select coalesce(max(position), 0) from ${matched}) as positions`);
  const sum = (numbers: string[]) => numbers.reduce((total, number) => total + Number(number), 0);
  const screenedOut = Object.fromEntries(
    reasons.flatMap(({ reason, contacts }) => (reason === null ? [] : [[reason, Number(contacts)]])),
  );
  const exported = sum(reasons.filter(({ reason }) => reason === null).map(({ contacts }) => contacts));
  const contacts = sum(reasons.map((of) => of.contacts));
  const matchedRows = sum(reasons.map(({ rows }) => rows));
  const noContact = Number(row?.goOn) - matchedRows;
  if (noContact < 0 || contacts !== Number(row?.positions)) throw new Error('the counts of the contacts do not add up');
  return { noContact, matched: matchedRows, contacts, screenedOut, exported };
}
