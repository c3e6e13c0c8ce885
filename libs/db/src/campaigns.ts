import { type QueryDeepPartialEntity } from 'typeorm';
import { type SecretBox } from '@muster/core/secretBox';
import { holdSettings } from './companies.ts';
import { type Kind, newId } from './companyObjects.ts';
import { changeObject, writeObject } from './objectRows.ts';
import { type CompanyDatabase } from './openDatabase.ts';
import { rescheduleCampaigns, startSchedule } from './rescheduleCampaigns.ts';
import { secretPlace } from './runSecrets.ts';
import { type CampaignRow, campaignSchema } from './schemas.ts';

export const campaigns: Kind<CampaignRow> = {
  schema: campaignSchema,
  word: 'campaign',
  prefix: 'CM',
  sortable: {
    createdAt: 'item.created_at',
    updatedAt: 'item.updated_at',
    name: "coalesce(item.name, '')",
    externalId: "coalesce(item.external_id, '')",
  },
};

const secretColumns = {
  redashApiKey: 'redash_api_key',
  sftpPassword: 'sftp_password',
  sftpPrivateKey: 'sftp_private_key',
  sftpPassphrase: 'sftp_passphrase',
} as const;
export type SecretName = keyof typeof secretColumns;

/** What a campaign is to become: absent leaves as it is, null clears. The secrets are in the clear here, and nowhere else. */
export interface CampaignChange {
  values: Partial<
    Pick<
      CampaignRow,
      'externalId' | 'name' | 'redashQueryUrl' | 'schedule' | 'contactExporterId' | 'sftpSettings' | 'sftpPinnedHostKey'
    >
  >;
  secrets: Partial<Record<SecretName, string | null>>;
}

type CampaignKey = Pick<CampaignRow, 'companyId' | 'id'>;

/** Inserts a campaign, its secrets sealed, and starts its schedule; gives its id. Throws Conflict `externalIdTaken`. */
export async function insertCampaign(tx: CompanyDatabase, box: SecretBox, campaign: CampaignChange) {
  await holdSettings(tx); // a change of the company's window sees this campaign, or this campaign the new window
  const key = { companyId: tx.companyId, id: await newId(tx, campaigns) };
  const row = { ...key, ...campaign.values, ...sealAll(box, key, campaign.secrets) };
  await writeObject(campaigns, () => tx.manager.insert(campaignSchema, row as QueryDeepPartialEntity<CampaignRow>));
  await startSchedule(tx, key.id);
  return key.id;
}

/** Carries a change out. What was due by the old schedule is recorded first. Throws Conflict `externalIdTaken`. */
export async function updateCampaign(
  tx: CompanyDatabase,
  box: SecretBox,
  { id, values, secrets }: CampaignChange & { id: string },
) {
  const key = { companyId: tx.companyId, id };
  const write = () => changeObject(tx, campaigns, { id, ...values, ...sealAll(box, key, secrets) });
  await (values.schedule === undefined ? write() : rescheduleCampaigns(tx, [id], write));
}

/** Deletes a campaign, softly: its schedule stops, a run under way finishes. */
export async function deleteCampaign(tx: CompanyDatabase, id: string) {
  await rescheduleCampaigns(tx, [id], () =>
    tx.execute('update campaign set deleted_at = now(), updated_at = now() where company_id = $1 and id = $2', [
      tx.companyId,
      id,
    ]),
  );
}

/** Opens a stored secret of a campaign; undefined where none is stored. Throws PermanentFailure `secretUnreadable`. */
export function openCampaignSecret(box: SecretBox, row: CampaignRow, name: SecretName): string | undefined {
  const sealed = row[name];
  const place = secretPlace({ companyId: row.companyId, campaignId: row.id }, secretColumns[name]);
  return sealed === null ? undefined : box.open(sealed, place);
}

function sealAll(box: SecretBox, { companyId, id }: CampaignKey, secrets: CampaignChange['secrets']) {
  const sealed = Object.entries(secrets).map(([name, secret]) => {
    const place = secretPlace({ companyId, campaignId: id }, secretColumns[name as SecretName]);
    return [name, secret === null ? null : box.seal(secret, place)];
  });
  return Object.fromEntries(sealed) as Partial<Record<SecretName, string | null>>;
}
