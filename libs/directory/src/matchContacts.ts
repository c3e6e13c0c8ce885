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
  return { counts, cache: await markCache(tx, matched, plan) };
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
    select r.line, c.id as contact_id, ${rankOf}, ${reasonsOf(rules)} as reasons${fields.join('')}
    from ${checked} r
    join contact c on c.person_key = r.person_key
    ${joins.person ? 'join person p on p.key = r.person_key' : ''}
    ${joins.loan ? 'left join loan l on l.key = r.loan_key' : ''}
    ${joins.query ? `join ${source} q on q.line = r.line` : ''}
    ${rules.map(({ join }) => join(facts)).join('\n')}
    where r.reason is null and c.company_id = ${facts.companyId} and c.deleted_at is null
      and ${criteriaOf(matching.exporter)}`;
}

const rankOf = `array_position(${quoteArray(['primary', 'secondary', 'additional', 'archived'])}, c.status) as rank`;

async function count(db: Database, { checked, matched }: { checked: string; matched: string }): Promise<MatchCounts> {
  const [row] = await db.query<{ found: MatchCounts }>(`
    with contact as (select line, reasons[1] as reason, count(*) as contacts from ${matched} group by line, reasons[1]),
      reason as (select reason, sum(contacts)::bigint as contacts from contact group by reason),
      row as (select count(*) as go_on from ${checked} where reason is null),
      matched as (select count(distinct line) as rows from contact)
    select json_build_object(
      'noContact', (select go_on from row) - (select rows from matched),
      'matched', (select rows from matched),
      'contacts', (select count(*) from ${matched}),
      'screenedOut', (select coalesce(json_object_agg(reason, contacts order by reason), '{}') from reason where reason is not null),
      'exported', (select coalesce(sum(contacts), 0) from reason where reason is null)) as found`);
  if (!row) throw new Error('the contacts could not be counted');
  const counts = row.found;
  const screenedOut = Object.values(counts.screenedOut).reduce((sum, contacts) => sum + contacts, 0);
  const addsUp = counts.noContact >= 0 && counts.contacts === counts.exported + screenedOut;
  if (!addsUp) throw new Error('the counts of the contacts do not add up');
  return counts;
}
