import { type HourSpan } from '@muster/core/checkDoNotInteract';
import { contactLabels, type ContactLabel } from '@muster/core/contactExporter';
import { blockedChannels, type BlockedChannel, blockedThemes, type BlockedTheme } from '@muster/core/directory';
import { day, daysOfWeek, timesOfDay, zone } from '@muster/core/directoryFields';
import { someOf, text } from '@muster/core/fields';
import { type DoNotInteractRow } from '@muster/db/directory/rows';
import { ObjectAnswer } from '../../objectAnswer.ts';
import { doNotInteractMeanings as says } from './doNotInteractMeanings.ts';

const nullable = { nullable: true } as const;

/** A do-not-interact as it is answered. */
export class DoNotInteractAnswer extends ObjectAnswer {
  @text({ description: 'The id of the person' }) personId!: string;
  @text({ ...nullable, description: 'Null: of no case in particular; it stands under each' }) caseId!: string | null;
  @someOf(blockedChannels, { ...nullable, description: says.channels }) channels!: BlockedChannel[] | null;
  @someOf(blockedThemes, { ...nullable, description: says.themes }) themes!: BlockedTheme[] | null;
  @day({ ...nullable, description: says.startDate }) startDate!: string | null;
  @day({ ...nullable, description: says.endDate }) endDate!: string | null;
  @daysOfWeek({ ...nullable, description: says.daysOfWeek }) daysOfWeek!: number[] | null;
  @zone({ ...nullable, description: says.timezone }) timezone!: string | null;
  @timesOfDay({ ...nullable, description: says.timesOfDay }) timesOfDay!: HourSpan[] | null;
  @someOf(contactLabels, { ...nullable, description: says.contactLabels }) contactLabels!: ContactLabel[] | null;
  @text({ ...nullable, description: says.source }) source!: string | null;
}

/** A do-not-interact as it is answered. */
export function doNotInteractView(row: DoNotInteractRow): DoNotInteractAnswer {
  return {
    id: row.id,
    object: 'doNotInteract',
    companyId: row.companyId,
    externalId: row.externalId,
    personId: row.personId,
    caseId: row.caseId,
    channels: filled(row.channels),
    themes: filled(row.themes),
    startDate: row.startDate,
    endDate: row.endDate,
    daysOfWeek: filled(row.daysOfWeek),
    timezone: row.timezone,
    timesOfDay: filled(row.timesOfDay),
    contactLabels: filled(row.contactLabels),
    source: row.source,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    deletedAt: row.deletedAt,
  };
}

/** An empty list restricts nothing, as if it were not there. */
function filled<Item>(items: Item[] | null): Item[] | null {
  return items?.length === 0 ? null : items;
}
