import { themes, type Theme } from '@muster/core/contactExporter';
import {
  interactionChannels,
  type InteractionChannel,
  interactionDirections,
  type InteractionDirection,
  interactionStatuses,
  type InteractionStatus,
} from '@muster/core/directory';
import { metaData, moment } from '@muster/core/directoryFields';
import { flag, oneOf, raw, text } from '@muster/core/fields';
import { type InteractionRow } from '@muster/db/directory/rows';
import { ObjectAnswer } from '../../objectAnswer.ts';
import { interactionMeanings as says } from './interactionMeanings.ts';

const nullable = { nullable: true } as const;
type Told = keyof typeof says;
const word = (name: Told) => text({ ...nullable, description: says[name] });
const prose = (name: Told) => text({ ...nullable, max: 10_000, lines: true, description: says[name] });

/** An interaction as it is answered. */
export class InteractionAnswer extends ObjectAnswer {
  @text({ description: 'The id of the person' }) personId!: string;
  @oneOf(interactionChannels, { description: says.channel }) channel!: InteractionChannel;
  @oneOf(interactionDirections, { description: says.direction }) direction!: InteractionDirection;
  @oneOf(interactionStatuses, { description: says.status }) status!: InteractionStatus;
  @word('statusDetails') statusDetails!: string | null;
  @oneOf(themes, { description: says.theme }) theme!: Theme;
  @word('subject') subject!: string | null;
  @prose('content') content!: string | null;
  @text({ ...nullable, description: 'The first of the loans' }) loanId!: string | null;
  @raw({ type: 'array', items: { type: 'string' } }, { description: 'The ids of all loans' }) loanIds!: string[];
  @text({ ...nullable, description: 'The case, as it was named' }) caseId!: string | null;
  @text({ ...nullable, description: 'The id of the contact' }) contactId!: string | null;
  @text({ ...nullable, description: 'The externalId of the contact' }) contactExternalId!: string | null;
  @moment({ description: says.startedAt }) startedAt!: Date;
  @moment({ ...nullable, description: says.endedAt }) endedAt!: Date | null;
  @moment({ ...nullable, description: says.scheduledAtFrom }) scheduledAtFrom!: string | null;
  @moment({ ...nullable, description: says.scheduledAtTo }) scheduledAtTo!: string | null;
  @flag({ ...nullable, description: says.isTransactional }) isTransactional!: boolean | null;
  @flag({ ...nullable, description: says.sensitive }) sensitive!: boolean | null;
  @text({ ...nullable, description: 'The id of an earlier interaction of the person' })
  previousInteractionId!: string | null;
  @metaData(nullable) metaData!: Record<string, unknown> | null;
  @word('failureDescriptionShort') failureDescriptionShort!: string | null;
  @prose('failureDescriptionLong') failureDescriptionLong!: string | null;
  @word('complianceGuardRuleId') complianceGuardRuleId!: string | null;
}

/** An interaction as it is answered. */
export function interactionView(row: InteractionRow): InteractionAnswer {
  const details = row.details ?? {};
  const loanIds = row.loanIds ?? [];
  return {
    id: row.id,
    object: 'interaction',
    companyId: row.companyId,
    externalId: row.externalId,
    personId: row.personId,
    channel: row.channel,
    direction: row.direction,
    status: row.status,
    statusDetails: row.statusDetails,
    theme: row.theme,
    subject: row.subject,
    content: row.content,
    loanId: loanIds[0] ?? null,
    loanIds,
    caseId: row.caseId,
    contactId: row.contactId,
    contactExternalId: row.contactExternalId,
    startedAt: row.startedAt,
    endedAt: row.endedAt,
    scheduledAtFrom: details.scheduledAtFrom ?? null,
    scheduledAtTo: details.scheduledAtTo ?? null,
    isTransactional: details.isTransactional ?? null,
    sensitive: details.sensitive ?? null,
    previousInteractionId: details.previousInteractionId ?? null,
    metaData: details.metaData ?? null,
    failureDescriptionShort: details.failureDescriptionShort ?? null,
    failureDescriptionLong: details.failureDescriptionLong ?? null,
    complianceGuardRuleId: details.complianceGuardRuleId ?? null,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    deletedAt: row.deletedAt,
  };
}
