import { type Database } from '@muster/core/database';
import { type Theme } from '@muster/core/contactExporter';
import { type InteractionChannel } from '@muster/core/directory';
import { type RunStatus } from '@muster/pipeline/run';
import { type CompanyDatabase } from './openDatabase.ts';
import { type Page, type PageRequest, readPage } from './pages.ts';

/** What a run did with a contact (none: the person had no contact that matched), or what a single question was answered. */
export const decisionVerdicts = ['included', 'excluded', 'allowed', 'refused'] as const;
export type DecisionVerdict = (typeof decisionVerdicts)[number];

/** Something that spoke against a contact: a reason, its rule, and what was compared, side by side. */
export interface DecisionReasons {
  reasons: string[] | null;
  rules: string[] | null;
  compared: string[] | null;
}

/** A decision as it is read. */
export interface DecisionRow extends DecisionReasons {
  id: string;
  companyId: string;
  personId: string;
  decidedAt: Date;
  verdict: DecisionVerdict;
  /** Null: a single question. */
  run: { id: string; status: RunStatus; campaignId: string; campaignName: string | null } | null;
  contactId: string | null;
  loanIds: string[] | null;
  channel: InteractionChannel | null;
  theme: Theme | null;
  rulePacks: string | null;
}

/** The answer to a single question, to be kept. */
export interface NewDecision extends DecisionReasons {
  personKey: string;
  decidedAt: Date;
  contactKey: string | null;
  loanKeys: readonly string[];
  channel: InteractionChannel;
  theme: Theme | null;
  verdict: 'allowed' | 'refused';
  rulePacks: string;
}

/** Keeps the answer to a single question. */
export async function addDecision(db: CompanyDatabase, decision: NewDecision): Promise<void> {
  const { personKey, decidedAt, contactKey, loanKeys, channel, theme, verdict, rulePacks } = decision;
  await db.execute(
    `insert into decision (company_id, person_key, decided_at, contact_key, loan_keys, channel, theme, verdict,
       reasons, rules, compared, rule_packs)
     values ($1, $2, $3, $4, nullif($5::bigint[], '{}'), $6, $7, $8, $9, $10, $11, $12)`,
    [
      ...[db.companyId, personKey, decidedAt, contactKey, loanKeys, channel, theme, verdict],
      ...[decision.reasons, decision.rules, decision.compared, rulePacks],
    ],
  );
}

const columns = `item.id, item.company_id as "companyId", public_id('BO', item.person_key, 8) as "personId",
  item.decided_at as "decidedAt", item.verdict, public_id('CT', item.contact_key, 12) as "contactId",
  (select array_agg(public_id('LN', loan.key, 8) order by at)
    from unnest(item.loan_keys) with ordinality loan (key, at)) as "loanIds",
  item.channel, item.theme, item.reasons, item.rules, item.compared, item.rule_packs as "rulePacks",
  (select jsonb_build_object('id', run.id, 'status', run.status, 'campaignId', campaign.id, 'campaignName', campaign.name)
    from run join campaign on campaign.id = run.campaign_id where run.id = item.run_id) as run`;

/** A page of what was decided of a person, newest first. */
export function listDecisions(db: CompanyDatabase, personKey: string, page: PageRequest): Promise<Page<DecisionRow>> {
  const listing = {
    table: decisionsOf(db.companyId, personKey),
    columns,
    hasExternalIds: false,
    scope: { sql: 'true', parameters: [] },
    filter: { sql: 'true', parameters: [] },
    sortable: { decidedAt: 'item.decided_at' },
  };
  return readPage<DecisionRow>(db, listing, { ...page, sortBy: ['-decidedAt'] });
}

/** A relation of a person's decisions, in which even an id finds its row by the person: no index of all ids is kept. */
function decisionsOf(companyId: string, personKey: string) {
  if (!/^[A-Z0-9-]{1,50}$/.test(companyId)) throw new Error('this is no id of a company');
  return `(select *, public_id('DC', key, 12) as id from decision
    where person_key = ${BigInt(personKey)} and company_id = '${companyId}')`;
}

/** Makes the months to come, drops those that ended three years ago, and forgets the tasks that have loaded decisions. */
export async function tidyDecisions(db: Database): Promise<void> {
  await db.query('select keep_decisions()');
  await db.execute(
    `delete from task where kind = 'decisions' and (
       status = 'succeeded' and finished_at < now() - interval '1 hour'
       or status = 'failed' and finished_at < now() - interval '90 days')`,
  );
}
