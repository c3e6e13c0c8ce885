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
import { flag, oneOf, text } from '@muster/core/fields';
import { ReadOnlyFields } from '../../readOnlyFields.ts';
import { nameOfObject, namesOfObjects } from '../nameOfObject.ts';

const optional = { optional: true } as const;
const clearable = { optional: true, nullable: true } as const;
const word = () => text({ ...clearable, min: 1 });
const prose = () => text({ ...clearable, min: 1, max: 10_000, lines: true });
export const MOST_LOANS = 100;

/** The body of `POST …/interactions`. */
export class CreateInteraction extends ReadOnlyFields {
  @nameOfObject({ ...optional, description: 'The person of the address' }) personId?: string | number;
  @word() externalId?: string | null;
  @oneOf(interactionChannels) channel!: InteractionChannel;
  @oneOf(interactionDirections, optional) direction?: InteractionDirection;
  @oneOf(interactionStatuses) status!: InteractionStatus;
  @text({ ...clearable, min: 1, description: 'What came of it: voiceSpokeWithFirstParty is a conversation' })
  statusDetails?: string | null;
  @oneOf(themes) theme!: Theme;
  @word() subject?: string | null;
  @prose() content?: string | null;
  @nameOfObject({ ...clearable, description: 'A loan of the person' }) loanId?: string | number | null;
  @namesOfObjects({ ...clearable, max: MOST_LOANS, description: 'Loans of the person, beside `loanId`' })
  loanIds?: (string | number)[] | null;
  @nameOfObject({ ...clearable, description: 'Cases are only named: any is taken' }) caseId?: string | number | null;
  @nameOfObject({ ...clearable, description: 'A contact of the person' }) contactId?: string | number | null;
  @text({ ...clearable, min: 1, description: 'The same contact, by its externalId' }) contactExternalId?: string | null;
  @moment({ ...clearable, description: 'Now, where it is absent' }) startedAt?: string | null;
  @moment(clearable) endedAt?: string | null;
  @moment(clearable) scheduledAtFrom?: string | null;
  @moment(clearable) scheduledAtTo?: string | null;
  @flag(clearable) isTransactional?: boolean | null;
  @flag(clearable) sensitive?: boolean | null;
  @nameOfObject({ ...clearable, description: 'An earlier interaction of the person' })
  previousInteractionId?: string | number | null;
  @metaData(clearable) metaData?: Record<string, string> | null;
  @word() failureDescriptionShort?: string | null;
  @prose() failureDescriptionLong?: string | null;
  @word() complianceGuardRuleId?: string | null;
}
