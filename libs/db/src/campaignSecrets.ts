import { type Database } from '@muster/core/database';
import { NotFound } from '@muster/core/errors';
import { type SealedColumns, type SecretBox } from '@muster/core/secretBox';
import { type RunSecrets, type RunSettings } from '@muster/pipeline/runSettings';
import { readRunSettings } from './runSettings.ts';
import { secretPlace } from './runSecrets.ts';

interface SealedRow {
  companyId: string;
  redashApiKey: string | null;
  sftpPassword: string | null;
  sftpPrivateKey: string | null;
  sftpPassphrase: string | null;
  pinnedHostKey: string | null;
}

/** What a run of a campaign would begin with now, and the secrets that go with it. */
export interface CampaignTrial {
  settings: RunSettings;
  secrets: RunSecrets;
}

/**
 * Reads a campaign as it is at one moment: no secret is ever paired with the address of another moment. Throws NotFound
 * `campaignNotFound`, PermanentFailure `secretUnreadable`.
 */
export function readCampaignTrial(db: Database, box: SecretBox, campaignId: string): Promise<CampaignTrial> {
  return db.transaction(async (tx) => {
    const [row] = await tx.query<SealedRow>(
      `select company_id as "companyId", redash_api_key as "redashApiKey", sftp_password as "sftpPassword",
         sftp_private_key as "sftpPrivateKey", sftp_passphrase as "sftpPassphrase",
         sftp_pinned_host_key as "pinnedHostKey"
       from campaign where id = $1 for share`,
      [campaignId],
    );
    if (!row) throw new NotFound('campaignNotFound', `there is no campaign ${campaignId}`);
    const settings = { ...(await readRunSettings(tx, campaignId)), hasOverride: false };
    const place = { companyId: row.companyId, campaignId };
    const open = (column: SealedColumns['campaign'], sealed: string | null) =>
      sealed === null ? null : box.open(sealed, secretPlace(place, column));
    const secrets = {
      redashApiKey: open('redash_api_key', row.redashApiKey),
      sftpPassword: open('sftp_password', row.sftpPassword),
      sftpPrivateKey: open('sftp_private_key', row.sftpPrivateKey),
      sftpPassphrase: open('sftp_passphrase', row.sftpPassphrase),
      pinnedHostKey: row.pinnedHostKey,
    };
    return { settings, secrets };
  });
}

interface SeenKey {
  campaignId: string;
  /** As the campaign's settings name it. */
  host: string;
  fingerprint: string;
}

/** Pins the host key that a campaign's server showed first, as a run does; gives the one that holds. */
export async function pinCampaignHostKey(db: Database, { campaignId, host, fingerprint }: SeenKey): Promise<string> {
  const [row] = await db.query<{ holds: string }>(
    `update campaign set sftp_pinned_host_key =
       coalesce(sftp_pinned_host_key, case when sftp_settings ->> 'hostKeyFingerprint' is null then $3 end)
     where id = $1 and sftp_settings ->> 'host' = $2
     returning coalesce(sftp_settings ->> 'hostKeyFingerprint', sftp_pinned_host_key) as holds`,
    [campaignId, host, fingerprint],
  );
  return row?.holds ?? fingerprint;
}
