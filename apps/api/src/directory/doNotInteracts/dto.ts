import { type HourSpan } from '@muster/core/checkDoNotInteract';
import { contactLabels, type ContactLabel } from '@muster/core/contactExporter';
import { blockedChannels, type BlockedChannel, blockedThemes, type BlockedTheme } from '@muster/core/directory';
import { day, daysOfWeek, timesOfDay, zone } from '@muster/core/directoryFields';
import { partOf, someOf, text } from '@muster/core/fields';
import { type ClassConstructor } from '@muster/core/validation';
import { ReadOnlyFields } from '../../readOnlyFields.ts';
import { nameOfObject } from '../nameOfObject.ts';

const optional = { optional: true } as const;
const clearable = { optional: true, nullable: true } as const;

/** The body of `POST …/do-not-interacts`. What is absent or null does not restrict it. */
export class CreateDoNotInteract extends ReadOnlyFields {
  @nameOfObject({ ...optional, description: 'The person of the address' }) personId?: string | number;
  @nameOfObject({ ...clearable, description: 'The case of the address' }) caseId?: string | number | null;
  @text({ ...clearable, min: 1 }) externalId?: string | null;
  @someOf(blockedChannels, clearable) channels?: BlockedChannel[] | null;
  @someOf(blockedThemes, { ...clearable, description: '`all` does not cover opsAccountCredentials' })
  themes?: BlockedTheme[] | null;
  @day({ ...clearable, description: 'The first day' }) startDate?: string | null;
  @day({ ...clearable, description: 'The last day' }) endDate?: string | null;
  @daysOfWeek({ ...clearable, description: '0 is Monday' }) daysOfWeek?: number[] | null;
  @zone({ ...clearable, description: 'In which its days and hours are meant' }) timezone?: string | null;
  @timesOfDay({ ...clearable, description: 'Hours of the day, `toHour` not included' }) timesOfDay?: HourSpan[] | null;
  @someOf(contactLabels, clearable) contactLabels?: ContactLabel[] | null;
  @text({ ...clearable, min: 1, description: 'Where it came from' }) source?: string | null;
}

/** The body of `PUT`: absent leaves, null clears. */
export const UpdateDoNotInteract = partOf(CreateDoNotInteract) as ClassConstructor<CreateDoNotInteract>;
