import { NotFound } from '@muster/core/errors';
import { type CampaignFields } from '@muster/messaging/smsCampaign';
import { type CompanyDatabase } from '../openDatabase.ts';
import { type NumberedPage, readNumberedPage } from './numberedPages.ts';

/** A campaign as it is stored. */
export interface SmsCampaignRow {
  campaignGuid: string;
  createdAt: Date;
  active: boolean;
  agreementGuid: string | null;
  fields: StoredFields;
}

/** What a campaign says, but for what has a column of its own. */
export type StoredFields = Omit<CampaignFields, 'active' | 'agreementGuid'>;

const COLUMNS = `guid as "campaignGuid", created_at as "createdAt", active, agreement_guid as "agreementGuid", fields`;

/** Stores a campaign. */
export async function insertSmsCampaign(
  db: CompanyDatabase,
  { fields, active, agreementGuid }: Pick<SmsCampaignRow, 'fields' | 'active' | 'agreementGuid'>,
): Promise<SmsCampaignRow> {
  const [row] = await db.query<SmsCampaignRow>(
    `insert into sms_campaign (company_id, active, service_type, agreement_guid, fields) values ($1, $2, $3, $4, $5)
     returning ${COLUMNS}`,
    [db.companyId, active, fields.serviceType, agreementGuid, fields],
  );
  if (!row) throw new Error('the campaign was not stored');
  return row;
}

/** A page of the company's campaigns, newest first, in short. */
export function listSmsCampaigns(db: CompanyDatabase, page: NumberedPage) {
  const columns = `guid as "campaignGuid", created_at as "createdAt", active`;
  return readNumberedPage<Pick<SmsCampaignRow, 'campaignGuid' | 'createdAt' | 'active'>>(
    db,
    { table: 'sms_campaign', columns },
    page,
  );
}

/** Reads a campaign; with `lock`, kept for the rest of the transaction. Throws NotFound `campaignNotFound`. */
export async function getSmsCampaign(
  db: CompanyDatabase,
  guid: string,
  { lock = '' }: { lock?: '' | 'for share' } = {},
): Promise<SmsCampaignRow> {
  const [row] = await db.query<SmsCampaignRow>(
    `select ${COLUMNS} from sms_campaign where company_id = $1 and guid = $2 ${lock}`,
    [db.companyId, guid],
  );
  if (!row) throw new NotFound('campaignNotFound', `there is no campaign ${guid}`);
  return row;
}

/** Takes no more sign-ups for a campaign; what runs goes on. Throws NotFound `campaignNotFound`. */
export async function cancelSmsCampaign(db: CompanyDatabase, guid: string): Promise<SmsCampaignRow> {
  await db.execute('update sms_campaign set active = false where company_id = $1 and guid = $2', [db.companyId, guid]);
  return getSmsCampaign(db, guid);
}
