import { type Response } from 'express';
import { TemporaryFailure } from '@muster/core/errors';
import { addDecision, listDecisions } from '@muster/db/decisions';
import { type CompanyDatabase } from '@muster/db/openDatabase';
import { type Verdict } from '@muster/directory/guard/canInteract';
import { pageOf } from '../answer.ts';
import { type ApiDeps } from '../deps.ts';
import { withinPerson } from '../directory/withinPerson.ts';
import { operation, type Operation } from '../operation.ts';
import { PageQuery, pageRequestOf } from '../queries.ts';
import { askOutside } from './askOutside.ts';
import { CanInteract } from './dto.ts';
import { type Judged, judgeQuestion } from './judgeQuestion.ts';
import { settleTheme } from './settleTheme.ts';
import { validUntil } from './validUntil.ts';
import { CanInteractAnswer, canInteractView, DecisionAnswer, decisionView } from './views.ts';

const tag = 'Compliance Guard';

/** Compliance Guard: may this person be contacted, and what was decided of them. */
export function guardOperations(deps: Pick<ApiDeps, 'outsideGuard'>): Operation[] {
  return [decide(deps), listAll];
}

const decide = ({ outsideGuard }: Pick<ApiDeps, 'outsideGuard'>) =>
  operation({
    ...{ name: 'canInteract', summary: 'May this person be contacted?', tag, methods: ['post'] },
    path: '/people/{personId}/can-interact',
    description:
      'Judges by the same rules as the screening of runs, anew each time; all that speaks against it is told. Nothing is ' +
      'reserved. The verdict is kept among the decisions of the person. Where the company names a compliance guard of its ' +
      'own, that must allow it, too; 503 while it cannot be asked: then nothing was decided.',
    scope: 'directory:read',
    body: { json: CanInteract },
    answer: { object: CanInteractAnswer },
    refusals: [404],
    checksMore: true,
    handle: async ({ company, params, body, faults, res }) => {
      const theme = settleTheme(body, faults);
      faults.throwAny();
      // one connection for all of it, and given back before anybody outside is asked
      const judged = await company.transaction((tx) => judgeQuestion(tx, { person: params.personId, body, theme }));
      const outside = await askOutside(outsideGuard, judged, goneSignal(res));
      const reasons = [...judged.verdict.reasons, ...outside];
      const verdict = { ...judged.verdict, reasons, allowed: reasons.length === 0 };
      await keep(company, judged, verdict);
      const { now: checkedAt, checkAtCompanyNoon, timeZone } = judged.question;
      const { screeningMaxAgeMinutes } = judged.settings;
      const until = validUntil({ verdict, checkedAt, screeningMaxAgeMinutes, checkAtCompanyNoon, timeZone });
      return canInteractView(verdict, { checkedAt, validUntil: until });
    },
  });

const listAll = operation({
  ...{ name: 'listDecisions', summary: 'List what was decided of a person', tag, methods: ['get'] },
  path: '/people/{personId}/decisions',
  description:
    'Every run that let a contact of the person through or left it out, and every single question, with all reasons; newest ' +
    'first. Those of a run are there soon after it has ended. Kept for three years.',
  scope: 'directory:read',
  query: PageQuery,
  answer: { page: DecisionAnswer },
  refusals: [404],
  handle: async ({ company, params, query }) => {
    const { person } = await withinPerson(company, params.personId);
    return pageOf(await listDecisions(company, person.key, pageRequestOf(query)), decisionView);
  },
});

function keep(company: CompanyDatabase, { question }: Judged, { allowed, reasons, rulePacks }: Verdict): Promise<void> {
  const { personKey, now: decidedAt, contactKey, loanKeys, channel, theme } = question;
  const listed = (of: keyof (typeof reasons)[number]) => (allowed ? null : reasons.map((reason) => reason[of]));
  return addDecision(company, {
    ...{ personKey, decidedAt, contactKey, loanKeys, channel, theme, rulePacks },
    verdict: allowed ? 'allowed' : 'refused',
    reasons: listed('code'),
    rules: listed('ruleId'),
    compared: listed('compared'),
  });
}

/** Aborted once nobody waits for the answer any longer. */
function goneSignal(res: Response): AbortSignal {
  const gone = new AbortController();
  const onClose = () => gone.abort(new TemporaryFailure('callerGone', 'nobody waits for the answer any longer'));
  if (res.closed) onClose();
  else res.once('close', onClose);
  return gone.signal;
}
