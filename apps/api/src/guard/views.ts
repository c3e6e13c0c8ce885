import { themes, type Theme } from '@muster/core/contactExporter';
import { interactionChannels, type InteractionChannel } from '@muster/core/directory';
import { flag, instant, list, nested, oneOf, raw, text } from '@muster/core/fields';
import { explainReason } from '@muster/core/guardReasons';
import { type DecisionReasons, type DecisionRow, decisionVerdicts, type DecisionVerdict } from '@muster/db/decisions';
import { type Verdict } from '@muster/directory/guard/canInteract';
import { runStatuses, type RunStatus } from '@muster/pipeline/run';

const code = () => text({ description: 'The reason, in one word', example: 'frequencyLimit' });
const ruleId = () => text({ nullable: true, description: 'The rule, with its pack', example: 'reg-f/calls-in-7-days' });
const message = () =>
  text({ max: 2_000, description: 'The same for people, with what was compared; never how to reach anybody' });

class ReasonAnswer {
  @code() code!: string;
  @ruleId() ruleId!: string | null;
  @message() message!: string;
}

class DecisionReasonAnswer {
  @code() code!: string;
  @ruleId() ruleId!: string | null;
  @message() message!: string;
  @text({ nullable: true, max: 2_000, description: 'What was compared', example: '7 of 7 attempts in 168 hours' })
  compared!: string | null;
}

class RulePackAnswer {
  @text({ description: 'The pack', example: 'reg-f' }) name!: string;
  @text({ description: 'Its version then', example: '1' }) version!: string;
}

const MOST_REASONS = 1_000;
const PACKS = 'The rule packs that it was judged by';

/** Whether a person may be contacted. */
export class CanInteractAnswer {
  @flag({ description: 'Whether it is allowed' }) result!: boolean;
  @list(() => ReasonAnswer, { max: MOST_REASONS, description: 'All that speaks against it, in the order of the rules' })
  reasons!: ReasonAnswer[];
  @instant({ description: 'The moment of the verdict' }) checkedAt!: Date;
  @instant({
    description:
      'Until when it may be acted on: the company’s screeningMaxAgeMinutes later, and where it is allowed no later than the ' +
      'hours of the contact end',
  })
  validUntil!: Date;
  @list(() => RulePackAnswer, { max: 10, description: PACKS }) rulePacks!: RulePackAnswer[];
}

/** The answer to a question. */
export function canInteractView(
  { allowed, reasons, rulePacks }: Pick<Verdict, 'allowed' | 'reasons' | 'rulePacks'>,
  times: { checkedAt: Date; validUntil: Date },
): CanInteractAnswer {
  return {
    result: allowed,
    reasons: reasons.map(({ code, ruleId, compared }) => ({ code, ruleId, message: explainReason(code, compared) })),
    ...times,
    rulePacks: packsIn(rulePacks),
  };
}

class DecidingRunAnswer {
  @text({ description: 'The run', example: 'CR-7K2M-Q9TX' }) id!: string;
  @oneOf(runStatuses, { description: 'How it stands' }) status!: RunStatus;
  @text({ description: 'Its campaign', example: 'CM-7K2M-Q9TX' }) campaignId!: string;
  @text({ nullable: true, description: 'What that is called' }) campaignName!: string | null;
}

/** What was decided of a person, once. */
export class DecisionAnswer {
  @text({ description: 'Of the form DC-AAAAAA-AAAAAA' }) id!: string;
  @oneOf(['decision'], { description: 'The kind of object' }) object!: string;
  @text({ description: 'The company that it belongs to' }) companyId!: string;
  @text({ description: 'The id of the person' }) personId!: string;
  @instant({ description: 'The moment of the verdict' }) decidedAt!: Date;
  @oneOf(decisionVerdicts, {
    description: 'By a run: included, excluded; to a single question: allowed, refused',
  })
  verdict!: DecisionVerdict;
  @nested(() => DecidingRunAnswer, { nullable: true, description: 'The run that decided; null: a single question' })
  run!: DecidingRunAnswer | null;
  @text({ nullable: true, description: 'The contact; null: none was named, or none was matched' })
  contactId!: string | null;
  @raw(
    { type: 'array', items: { type: 'string' } },
    { nullable: true, description: 'The loans that it was about; null: of no loan in particular', example: null },
  )
  loanIds!: string[] | null;
  @oneOf(interactionChannels, { nullable: true, description: 'The way that it would take' })
  channel!: InteractionChannel | null;
  @oneOf(themes, { nullable: true, description: 'What it was for; null: nobody was screened, or no theme of ours' })
  theme!: Theme | null;
  @list(() => DecisionReasonAnswer, { max: MOST_REASONS, description: 'All that spoke against it' })
  reasons!: DecisionReasonAnswer[];
  @list(() => RulePackAnswer, { max: 10, description: PACKS }) rulePacks!: RulePackAnswer[];
}

/** What was decided of a person, once. */
export function decisionView(row: DecisionRow): DecisionAnswer {
  return {
    id: row.id,
    object: 'decision',
    companyId: row.companyId,
    personId: row.personId,
    decidedAt: row.decidedAt,
    verdict: row.verdict,
    run: row.run && {
      id: row.run.id,
      status: row.run.status,
      campaignId: row.run.campaignId,
      campaignName: row.run.campaignName,
    },
    contactId: row.contactId,
    loanIds: row.loanIds,
    channel: row.channel,
    theme: row.theme,
    reasons: reasonsIn(row),
    rulePacks: packsIn(row.rulePacks),
  };
}

function reasonsIn({ reasons, rules, compared }: DecisionReasons): DecisionReasonAnswer[] {
  return (reasons ?? []).map((code, at) => {
    const said = compared?.[at] ?? null;
    return { code, ruleId: rules?.[at] ?? null, message: explainReason(code, said), compared: said };
  });
}

/** `reg-f 1, massachusetts 1`. */
function packsIn(text: string | null): RulePackAnswer[] {
  return (text === null || text === '' ? [] : text.split(', ')).map((pack) => {
    const [name = '', version = ''] = pack.split(' ');
    return { name, version };
  });
}
