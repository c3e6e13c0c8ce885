import { type CheckCanInteractData, type ContactMatchingCriteria } from '@muster/core/contactExporter';
import { list, nested, text } from '@muster/core/fields';
import { type ContactExporterRow } from '@muster/db/schemas';
import { answerOf } from '../objectAnswer.ts';
import { Criteria, Screening } from './dto.ts';

class ColumnAnswer {
  @text({ description: 'What stands in the column', example: 'contact.value' }) field!: string;
  @text({ description: 'The name of the column in the CSV', example: 'phone' }) outputName!: string;
}

/** A contact exporter as it is answered. */
export class ContactExporterAnswer extends answerOf('contactExporter', 'CE-4R8N-W3HD') {
  @nested(() => Criteria, { description: 'Which contacts match: AND between the attributes, OR within one' })
  contactMatchingCriteria!: ContactMatchingCriteria;
  @list(() => ColumnAnswer, { min: 1, max: 500, description: 'The columns of the CSV, in this order' })
  columnSettings!: ColumnAnswer[];
  @nested(() => Screening, { nullable: true, description: 'Null: no contact is screened' })
  checkCanInteractData!: CheckCanInteractData | null;
}

/** A contact exporter as it is answered. */
export function contactExporterView(row: ContactExporterRow): ContactExporterAnswer {
  return {
    id: row.id,
    object: 'contactExporter',
    companyId: row.companyId,
    externalId: row.externalId,
    contactMatchingCriteria: row.contactMatchingCriteria,
    columnSettings: row.columnSettings.map(({ field, outputName = field }) => ({ field, outputName })),
    checkCanInteractData: row.checkCanInteractData,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    deletedAt: row.deletedAt,
  };
}
