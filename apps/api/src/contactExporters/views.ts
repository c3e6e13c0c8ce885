import { type CheckCanInteractData, type ContactMatchingCriteria } from '@muster/core/contactExporter';
import { list, nested, text } from '@muster/core/fields';
import { type ContactExporterRow } from '@muster/db/schemas';
import { ObjectAnswer } from '../objectAnswer.ts';
import { Criteria, Screening } from './dto.ts';

class ColumnAnswer {
  @text() field!: string;
  @text({ description: 'The name of the column in the CSV' }) outputName!: string;
}

/** A contact exporter as it is answered. */
export class ContactExporterAnswer extends ObjectAnswer {
  @nested(() => Criteria) contactMatchingCriteria!: ContactMatchingCriteria;
  @list(() => ColumnAnswer, { min: 1, max: 500 }) columnSettings!: ColumnAnswer[];
  @nested(() => Screening, { nullable: true }) checkCanInteractData!: CheckCanInteractData | null;
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
