import { type EntitySchema } from 'typeorm';
import {
  type CheckCanInteractData,
  type ColumnSetting,
  type ContactMatchingCriteria,
} from '@muster/core/contactExporter';
import { type SftpSettings } from '@muster/pipeline/runSettings';
import { type CompanyObject, defineSchema, json, objectColumns, text } from './defineSchema.ts';
import { directorySchemas } from './directory/schemas.ts';

/** A row of `contact_exporter`. */
export interface ContactExporterRow extends CompanyObject {
  contactMatchingCriteria: ContactMatchingCriteria;
  columnSettings: ColumnSetting[];
  checkCanInteractData: CheckCanInteractData | null;
}

/** A row of `campaign`. The secrets are sealed texts. */
export interface CampaignRow extends CompanyObject {
  name: string | null;
  redashQueryUrl: string | null;
  redashApiKey: string | null;
  schedule: string | null;
  contactExporterId: string | null;
  bulkSenderId: string | null;
  sftpSettings: SftpSettings | null;
  sftpPassword: string | null;
  sftpPrivateKey: string | null;
  sftpPassphrase: string | null;
  sftpPinnedHostKey: string | null;
}

export const contactExporterSchema = defineSchema<ContactExporterRow>({
  name: 'ContactExporter',
  tableName: 'contact_exporter',
  columns: {
    ...objectColumns,
    contactMatchingCriteria: json('contact_matching_criteria'),
    columnSettings: json('column_settings'),
    checkCanInteractData: json('check_can_interact_data'),
  },
});

export const campaignSchema = defineSchema<CampaignRow>({
  name: 'Campaign',
  tableName: 'campaign',
  columns: {
    ...objectColumns,
    name: text('name'),
    redashQueryUrl: text('redash_query_url'),
    redashApiKey: text('redash_api_key'),
    schedule: text('schedule'),
    contactExporterId: text('contact_exporter_id'),
    bulkSenderId: text('bulk_sender_id'),
    sftpSettings: json('sftp_settings'),
    sftpPassword: text('sftp_password'),
    sftpPrivateKey: text('sftp_private_key'),
    sftpPassphrase: text('sftp_passphrase'),
    sftpPinnedHostKey: text('sftp_pinned_host_key'),
  },
});

/** The tables that TypeORM knows. */
export const schemas: Record<string, EntitySchema> = {
  ...directorySchemas,
  contactExporter: contactExporterSchema as EntitySchema,
  campaign: campaignSchema as EntitySchema,
};
