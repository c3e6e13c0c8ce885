import { type Database } from '@muster/core/database';
import { type AudienceScope, type MatchCounts, type Matched, type Matching } from '@muster/pipeline/ports';
import { outsideGuardOf } from '@muster/pipeline/outsideGuardOf';
import { candidatesOf } from './candidates.ts';
import { readLoaded } from './loadedRows.ts';
import { indexCache, markCache } from './matchCache.ts';
import { planMatch, type MatchPlan } from './matchPlan.ts';
import { quoteArray } from './sqlText.ts';
import { scratchTables } from './scratchTables.ts';
import { heldAnswers } from './guard/answers.ts';
import { askedOfRun } from './guard/askedOfRun.ts';
import { type Asked } from './guard/asked.ts';
import { GATHER_FROM_ROWS, gatherFacts } from './guard/gatherFacts.ts';
import { judge, type Judgement } from './guard/judge.ts';
import { zonesOfRun } from './guard/knownZones.ts';
import { lockScreening, reserve, spendsAttempt } from './guard/reserve.ts';

/** Matches and screens all contacts of all rows that go on, in one statement, and counts what became of them. */
export async function matchContacts(
  tx: Database,
  scope: AudienceScope,
  { matching, reserves, gatherFrom = GATHER_FROM_ROWS }: { matching: Matching; reserves: boolean; gatherFrom?: number },
): Promise<Matched> {
  const tables = scratchTables(scope);
  const { checked, matched } = tables;
  const { rows } = await readLoaded(tx, tables);
  const answers = outsideGuardOf(matching) === null ? null : await heldAnswers(tx, scope);
  const asked = askedOfRun(scope, matching, { zones: await zonesOfRun(tx, scope, rows), answers });
  const plan = planMatch(matching, asked && judge(asked));
  if (asked && reserves) await lockScreening(tx, scope.companyId);
  const facts = asked && (await gatherFacts(tx, scope, { asked, isWorthIt: rows >= gatherFrom }));
  // clocks are small, and known by no statistics: sorting a run to merge it with them takes longer than hashing them
  const work = { scope, matching, plan, asked, verdict: facts && judge(facts.asked) };
  await tx.execute(`drop table if exists ${matched}; set local enable_mergejoin = off;
    create unlogged table ${matched} as ${matchedContacts(work)}`);
  await facts?.drop();
  await indexCache(tx, matched);
  const counts = await count(tx, { checked, matched });
  const cache = await markCache(tx, matched, plan);
  if (asked && reserves) await reserve(tx, scope, matching); // last of all: a cancel waits for it
  const rulePacks = asked?.packs.packs.map(({ name, version }) => `${name} ${version}`) ?? [];
  return { counts, rulePacks, cache };
}

interface MatchingWork {
  scope: AudienceScope;
  matching: Matching;
  plan: MatchPlan;
  /** What is asked of the guard, if anything, and its verdict. */
  asked: Asked | undefined;
  verdict: Judgement | undefined;
}

function matchedContacts({ scope, matching, plan, asked, verdict }: MatchingWork) {
  const { expressions, joins } = plan;
  const fields = expressions.map((sql, at) => `, ${sql} as f${at + 1}`);
  // "offset 0": else the planner pulls the verdict up, and it is worked out for each column that is made of it
  return `
    select line, rank, contact_id, person_key, loan_key, ${partOf(1)} as reasons, ${partOf(2)} as rules, ${partOf(3)} as compared,
      packs, spends${expressions.map((_, at) => `, f${at + 1}`).join('')}
    from (
      select r.line, ${rankOf} as rank, c.id as contact_id, r.person_key, r.loan_key, ${verdict?.said ?? 'null::text[]'} as said,
        ${verdict?.packs ?? 'null::text'} as packs,
        ${asked ? `case when ${spendsAttempt(asked)} then ${asked.channel} end` : 'null::text'} as spends${fields.join('')}
      ${candidatesOf({ scope, matching, joins, verdict })}
      offset 0
    ) judged
    order by line, rank, contact_id collate "C"`;
}

// of most contacts nothing is said: to call a function three times for each takes as long as to judge it
const partOf = (part: number) => `case when said is not null then said_part(said, ${part}) end`;

const rankOf = `array_position(${quoteArray(['primary', 'secondary', 'additional', 'archived'])}, c.status)`;

interface Counted {
  /** Null: let through. */
  reason: string | null;
  contacts: number;
}

async function count(db: Database, { checked, matched }: { checked: string; matched: string }): Promise<MatchCounts> {
  const [rows] = await db.query<{ goOn: string; matched: string; reasons: Counted[] | null }>(`
    select (select count(*) from ${checked} where reason is null) as "goOn",
      (select count(*) from (select from ${matched} group by line) row) as matched,
      (select jsonb_agg(counted) from (
        select reasons[1] as reason, count(*) as contacts from ${matched} group by reasons[1] order by reasons[1]
      ) counted) as reasons`);
  const reasons = rows?.reasons ?? [];
  const screenedOut = reasons.flatMap(({ reason, contacts }) => (reason === null ? [] : [[reason, contacts]]));
  const contacts = reasons.reduce((sum, of) => sum + of.contacts, 0);
  const exported = reasons.find(({ reason }) => reason === null)?.contacts ?? 0;
  const noContact = Number(rows?.goOn) - Number(rows?.matched);
  return {
    ...{ noContact, matched: Number(rows?.matched), contacts, exported },
    screenedOut: Object.fromEntries(screenedOut) as Record<string, number>,
  };
}
