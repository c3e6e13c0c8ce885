import { type HourSpan } from '@muster/core/checkDoNotInteract';
import { contactLabels, type ContactLabel } from '@muster/core/contactExporter';
import { blockedChannels, type BlockedChannel, blockedThemes, type BlockedTheme } from '@muster/core/directory';
import { day, daysOfWeek, timesOfDay, zone } from '@muster/core/directoryFields';
import { partOf, someOf, text } from '@muster/core/fields';
import { type ClassConstructor } from '@muster/core/validation';
import { ReadOnlyFields } from '../../readOnlyFields.ts';
import { externalIdField } from '../externalIdField.ts';
import { nameOfObject } from '../nameOfObject.ts';
import { doNotInteractMeanings as says } from './doNotInteractMeanings.ts';

const optional = { optional: true } as const;
const clearable = { optional: true, nullable: true } as const;

/** The body of `POST …/do-not-interacts`. What is absent or null does not restrict it. */
export class CreateDoNotInteract extends ReadOnlyFields {
  @nameOfObject({ ...optional, description: 'The person of the address' }) personId?: string | number;
  @nameOfObject({ ...clearable, description: 'The case of the address' }) caseId?: string | number | null;
  @externalIdField() externalId?: string | null;
  @someOf(blockedChannels, { ...clearable, description: says.channels }) channels?: BlockedChannel[] | null;
  @someOf(blockedThemes, { ...clearable, description: says.themes })
  themes?: BlockedTheme[] | null;
  @day({ ...clearable, description: says.startDate }) startDate?: string | null;
  @day({ ...clearable, description: says.endDate }) endDate?: string | null;
  @daysOfWeek({ ...clearable, description: says.daysOfWeek }) daysOfWeek?: number[] | null;
  @zone({ ...clearable, description: says.timezone }) timezone?: string | null;
  @timesOfDay({ ...clearable, description: says.timesOfDay }) timesOfDay?: HourSpan[] | null;
  @someOf(contactLabels, { ...clearable, description: says.contactLabels }) contactLabels?: ContactLabel[] | null;
  @text({ ...clearable, min: 1, description: says.source }) source?: string | null;
}

/** The body of `PUT`: absent leaves, null clears. */
export const UpdateDoNotInteract = partOf(CreateDoNotInteract) as ClassConstructor<CreateDoNotInteract>;
