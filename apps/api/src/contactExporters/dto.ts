import { faultsOfColumnNames, refuseColumnField, refuseCriteria, refuseOutputName } from '@muster/core/checkExporter';
import {
  affiliations,
  type CheckCanInteractData,
  type ColumnSetting,
  type ContactMatchingCriteria,
  contactLabels,
  contactStatuses,
  contactTypes,
  exportableFields,
  themes,
} from '@muster/core/contactExporter';
import { flag, list, nested, oneOf, partOf, someOf, text } from '@muster/core/fields';
import { type ClassConstructor } from '@muster/core/validation';
import { ReadOnlyFields } from '../readOnlyFields.ts';

export class Criteria {
  @someOf(contactLabels, { optional: true, description: 'Absent: any label', example: ['personal', 'home'] })
  label?: ContactMatchingCriteria['label'];
  @someOf(contactTypes, { optional: true, description: 'Absent: of any kind', example: ['phone'] })
  contactType?: ContactMatchingCriteria['contactType'];
  @someOf(affiliations, { optional: true, description: 'Whose it is; absent: anybody’s', example: ['self'] })
  affiliation?: ContactMatchingCriteria['affiliation'];
  @someOf(contactStatuses, {
    ...{ optional: true, example: ['primary'] },
    description: 'Absent: any, but archived contacts match only where they are named here',
  })
  status?: ContactMatchingCriteria['status'];
}

class Column {
  @text({
    ...{ min: 1, max: 200, rule: refuseColumnField, example: 'contact.value' },
    description: `\`query.<column>\` for a column of the query, or one of ${exportableFields.join(', ')}`,
  })
  field!: string;
  @text({
    ...{ optional: true, nullable: true, min: 1, max: 200, rule: refuseOutputName, example: 'phone' },
    description: 'The name of the column in the CSV; the field where absent',
  })
  outputName?: string | null;
}

export class Screening {
  @oneOf(themes, { description: 'What the contact is about', example: 'opsCollDebt' })
  theme!: CheckCanInteractData['theme'];
  @flag({ description: 'Whether a machine dials: counts for phones only', example: false }) isAutodialed!: boolean;
}

/** The body of `POST /campaign-workers/contact-exporters`. */
export class CreateContactExporter extends ReadOnlyFields {
  @text({
    ...{ optional: true, nullable: true, min: 1, max: 255, example: 'past-due-phones' },
    description: 'The company’s own name for it: unique per company and kind',
  })
  externalId?: string | null;
  @nested(() => Criteria, {
    rule: refuseCriteria,
    description: 'Which contacts match: AND between the attributes, OR within one. At least one is needed',
  })
  contactMatchingCriteria!: ContactMatchingCriteria;
  @list(() => Column, {
    ...{ min: 1, max: 500, acrossItems: faultsOfColumnNames },
    description: 'The columns of the CSV, in this order; their names are unique',
  })
  columnSettings!: ColumnSetting[];
  @nested(() => Screening, {
    ...{ optional: true, nullable: true },
    description: 'Screens every contact, as of noon in the company’s zone; null: none is screened, and the run says so',
  })
  checkCanInteractData?: CheckCanInteractData | null;
}

/** The body of `PUT`: absent leaves, null clears. */
export const UpdateContactExporter = partOf(CreateContactExporter) as ClassConstructor<Partial<CreateContactExporter>>;
