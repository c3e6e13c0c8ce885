import { type Database } from '@muster/core/database';
import { type AudienceScope, type MatchCache, type MatchCounts, type Matching } from '@muster/pipeline/ports';
import { readLoaded } from './loadedRows.ts';
import { indexCache, markCache } from './matchCache.ts';
import { criteriaOf, planMatch, type MatchPlan } from './matchPlan.ts';
import { quoteArray, quoteLiteral } from './sqlText.ts';
import { scratchTables } from './scratchTables.ts';
import { reasonsOf, screeningRules } from './screening.ts';
import { type ScreeningFacts } from './screeningRule.ts';

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
  await indexCache(tx, matched);
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
    select r.line, ${rankOf} as rank, c.id as contact_id, ${reasonsOf(rules)} as reasons${fields.join('')}
    from ${checked} r
    join contact c on c.person_key = r.person_key
    ${joins.person ? 'join person p on p.key = r.person_key' : ''}
    ${joins.loan ? 'left join loan l on l.key = r.loan_key' : ''}
    ${joins.query ? `join ${source} q on q.line = r.line` : ''}
    ${rules.map(({ join }) => join(facts)).join('\n')}
    where r.reason is null and c.company_id = ${facts.companyId} and c.deleted_at is null
      and ${criteriaOf(matching.exporter)}
    order by line, rank, c.id collate "C"`;
}

const rankOf = `array_position(${quoteArray(['primary', 'secondary', 'additional', 'archived'])}, c.status)`;

async function count(db: Database, { checked, matched }: { checked: string; matched: string }): Promise<MatchCounts> {
  const reasons = await db.query<{ reason: string | null; contacts: string }>(`
    select reasons[1] as reason, count(*) as contacts from ${matched} group by reasons[1] order by reasons[1]`);
  const [rows] = await db.query<{ goOn: string; matched: string }>(`
    select (select count(*) from ${checked} where reason is null) as "goOn",
      (select count(*) from (select from ${matched} group by line) row) as matched`);
  const screenedOut = reasons.flatMap(({ reason, contacts }) => (reason === null ? [] : [[reason, Number(contacts)]]));
  const contacts = reasons.reduce((sum, of) => sum + Number(of.contacts), 0);
  const exported = Number(reasons.find(({ reason }) => reason === null)?.contacts ?? 0);
  const noContact = Number(rows?.goOn) - Number(rows?.matched);
  if (!(noContact >= 0)) throw new Error('the counts of the contacts do not add up');
  return {
    ...{ noContact, matched: Number(rows?.matched), contacts, exported },
    screenedOut: Object.fromEntries(screenedOut) as Record<string, number>,
  };
}
