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
import { externalIdField } from '../externalIdField.ts';
import { nameOfObject, namesOfObjects } from '../nameOfObject.ts';
import { interactionMeanings as says } from './interactionMeanings.ts';

const optional = { optional: true } as const;
const clearable = { optional: true, nullable: true } as const;
type Told = keyof typeof says;
const word = (name: Told) => text({ ...clearable, min: 1, description: says[name] });
const prose = (name: Told) => text({ ...clearable, min: 1, max: 10_000, lines: true, description: says[name] });
export const MOST_LOANS = 100;

/** The body of `POST …/interactions`. */
export class CreateInteraction extends ReadOnlyFields {
  @nameOfObject({ ...optional, description: 'The person of the address' }) personId?: string | number;
  @externalIdField() externalId?: string | null;
  @oneOf(interactionChannels, { description: says.channel }) channel!: InteractionChannel;
  @oneOf(interactionDirections, { ...optional, description: says.direction }) direction?: InteractionDirection;
  @oneOf(interactionStatuses, { description: says.status }) status!: InteractionStatus;
  @word('statusDetails') statusDetails?: string | null;
  @oneOf(themes, { description: says.theme }) theme!: Theme;
  @word('subject') subject?: string | null;
  @prose('content') content?: string | null;
  @nameOfObject({ ...clearable, description: 'A loan of the person' }) loanId?: string | number | null;
  @namesOfObjects({ ...clearable, max: MOST_LOANS, description: 'Loans of the person, beside `loanId`' })
  loanIds?: (string | number)[] | null;
  @nameOfObject({ ...clearable, description: 'Cases are only named: any is taken' }) caseId?: string | number | null;
  @nameOfObject({ ...clearable, description: 'A contact of the person' }) contactId?: string | number | null;
  @text({ ...clearable, min: 1, description: 'The same contact, by its externalId' }) contactExternalId?: string | null;
  @moment({ ...clearable, description: says.startedAt }) startedAt?: string | null;
  @moment({ ...clearable, description: says.endedAt }) endedAt?: string | null;
  @moment({ ...clearable, description: says.scheduledAtFrom }) scheduledAtFrom?: string | null;
  @moment({ ...clearable, description: says.scheduledAtTo }) scheduledAtTo?: string | null;
  @flag({ ...clearable, description: says.isTransactional }) isTransactional?: boolean | null;
  @flag({ ...clearable, description: says.sensitive }) sensitive?: boolean | null;
  @nameOfObject({ ...clearable, description: 'An earlier interaction of the person' })
  previousInteractionId?: string | number | null;
  @metaData(clearable) metaData?: Record<string, string> | null;
  @word('failureDescriptionShort') failureDescriptionShort?: string | null;
  @prose('failureDescriptionLong') failureDescriptionLong?: string | null;
  @word('complianceGuardRuleId') complianceGuardRuleId?: string | null;
}
