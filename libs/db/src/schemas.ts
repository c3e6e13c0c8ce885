import { EntitySchema, type EntitySchemaColumnOptions, EntitySchemaOptions } from 'typeorm';
import {
  type CheckCanInteractData,
  type ColumnSetting,
  type ContactMatchingCriteria,
} from '@muster/core/contactExporter';
import { type SftpSettings } from '@muster/pipeline/runSettings';

/** What every object of a company has. */
export interface CompanyObject {
  id: string;
  companyId: string;
  externalId: string | null;
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
}

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

const text = (name: string): EntitySchemaColumnOptions => ({ name, type: 'text', nullable: true });
const json = (name: string): EntitySchemaColumnOptions => ({ name, type: 'jsonb', nullable: true });
const objectColumns = {
  id: { type: 'text', primary: true },
  companyId: { name: 'company_id', type: 'text' },
  externalId: text('external_id'),
  createdAt: { name: 'created_at', type: 'timestamptz', createDate: true },
  updatedAt: { name: 'updated_at', type: 'timestamptz', precision: 3, updateDate: true },
  // no `deleteDate`: what is deleted stays readable by id, and each query says what it wants
  deletedAt: { name: 'deleted_at', type: 'timestamptz', precision: 3, nullable: true },
} as const;

/** The options are plain data; TypeORM wants them in a class of its own. */
function defineSchema<Row>(options: { [Name in keyof EntitySchemaOptions<Row>]: EntitySchemaOptions<Row>[Name] }) {
  return new EntitySchema<Row>(Object.assign(new EntitySchemaOptions<Row>(), options));
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

/** The tables that TypeORM reads and writes row by row. */
export const schemas: Record<string, EntitySchema> = {
  contactExporter: contactExporterSchema as EntitySchema,
  campaign: campaignSchema as EntitySchema,
};
