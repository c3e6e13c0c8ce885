import { faultsOfColumnNames, refuseColumnField, refuseCriteria, refuseOutputName } from '@muster/core/checkExporter';
import {
  affiliations,
  type CheckCanInteractData,
  type ColumnSetting,
  type ContactMatchingCriteria,
  contactLabels,
  contactStatuses,
  contactTypes,
  themes,
} from '@muster/core/contactExporter';
import { flag, list, nested, oneOf, partOf, someOf, text } from '@muster/core/fields';
import { type ClassConstructor } from '@muster/core/validation';
import { ReadOnlyFields } from '../readOnlyFields.ts';

export class Criteria {
  @someOf(contactLabels, { optional: true }) label?: ContactMatchingCriteria['label'];
  @someOf(contactTypes, { optional: true }) contactType?: ContactMatchingCriteria['contactType'];
  @someOf(affiliations, { optional: true }) affiliation?: ContactMatchingCriteria['affiliation'];
  @someOf(contactStatuses, { optional: true }) status?: ContactMatchingCriteria['status'];
}

class Column {
  @text({ min: 1, max: 200, rule: refuseColumnField }) field!: string;
  @text({ optional: true, nullable: true, min: 1, max: 200, rule: refuseOutputName }) outputName?: string | null;
}

export class Screening {
  @oneOf(themes) theme!: CheckCanInteractData['theme'];
  @flag() isAutodialed!: boolean;
}

/** The body of `POST /campaign-workers/contact-exporters`. */
export class CreateContactExporter extends ReadOnlyFields {
  @text({ optional: true, nullable: true, min: 1, max: 255 }) externalId?: string | null;
  @nested(() => Criteria, { rule: refuseCriteria }) contactMatchingCriteria!: ContactMatchingCriteria;
  @list(() => Column, { min: 1, max: 500, acrossItems: faultsOfColumnNames }) columnSettings!: ColumnSetting[];
  @nested(() => Screening, { optional: true, nullable: true }) checkCanInteractData?: CheckCanInteractData | null;
}

/** The body of `PUT`: absent leaves, null clears. */
export const UpdateContactExporter = partOf(CreateContactExporter) as ClassConstructor<Partial<CreateContactExporter>>;
