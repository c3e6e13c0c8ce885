import { type ContactExporterRow } from '@muster/db/schemas';

/** A contact exporter as it is answered. */
export function contactExporterView(row: ContactExporterRow) {
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
