import { type AudienceScope, type Matching } from '@muster/pipeline/ports';
import { type Judgement } from './guard/judge.ts';
import { criteriaOf, type MatchPlan } from './matchPlan.ts';
import { scratchTables } from './scratchTables.ts';
import { quoteLiteral } from './sqlText.ts';

interface Candidates {
  scope: AudienceScope;
  matching: Matching;
  /** Which of person p, loan l and the query's row q are needed, beside what the verdict looks at. */
  joins: MatchPlan['joins'];
  verdict: Judgement | undefined;
}

/** SQL for what a run may contact, from `from` on: each row r that goes on with each contact c that the exporter asks for. */
export function candidatesOf({ scope, matching, joins, verdict }: Candidates): string {
  const { source, checked } = scratchTables(scope);
  return `
    from ${checked} r
    join contact c on c.person_key = r.person_key
    join person p on p.key = r.person_key and p.deleted_at is null
    ${joins.loan && !verdict?.joins.includes('loan l') ? 'left join loan l on l.key = r.loan_key' : ''}
    ${joins.query ? `join ${source} q on q.line = r.line` : ''}
    ${verdict?.joins ?? ''}
    where r.reason is null and c.company_id = ${quoteLiteral(scope.companyId)} and c.deleted_at is null
      and ${criteriaOf(matching.exporter)}`;
}
