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

const nullable = { nullable: true } as const;
const prose = () => text({ ...nullable, max: 10_000, lines: true });

/** An interaction as it is answered. */
export class InteractionAnswer extends ObjectAnswer {
  @text({ description: 'The id of the person' }) personId!: string;
  @oneOf(interactionChannels) channel!: InteractionChannel;
  @oneOf(interactionDirections) direction!: InteractionDirection;
  @oneOf(interactionStatuses) status!: InteractionStatus;
  @text(nullable) statusDetails!: string | null;
  @oneOf(themes) theme!: Theme;
  @text(nullable) subject!: string | null;
  @prose() content!: string | null;
  @text({ ...nullable, description: 'The first of the loans' }) loanId!: string | null;
  @raw({ type: 'array', items: { type: 'string' } }, { description: 'The ids of all loans' }) loanIds!: string[];
  @text(nullable) caseId!: string | null;
  @text(nullable) contactId!: string | null;
  @text(nullable) contactExternalId!: string | null;
  @moment() startedAt!: Date;
  @moment(nullable) endedAt!: Date | null;
  @moment(nullable) scheduledAtFrom!: string | null;
  @moment(nullable) scheduledAtTo!: string | null;
  @flag(nullable) isTransactional!: boolean | null;
  @flag(nullable) sensitive!: boolean | null;
  @text(nullable) previousInteractionId!: string | null;
  @metaData(nullable) metaData!: Record<string, unknown> | null;
  @text(nullable) failureDescriptionShort!: string | null;
  @prose() failureDescriptionLong!: string | null;
  @text(nullable) complianceGuardRuleId!: string | null;
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
