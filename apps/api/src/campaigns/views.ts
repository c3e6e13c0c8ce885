import { type CampaignRow } from '@muster/db/schemas';
import { MASK } from './dto.ts';

/** A campaign as it is answered: of a secret, only whether it is set. */
export function campaignView(row: CampaignRow) {
  return {
    id: row.id,
    object: 'campaign',
    companyId: row.companyId,
    externalId: row.externalId,
    name: row.name,
    redashQueryUrl: row.redashQueryUrl,
    redashApiKey: masked(row.redashApiKey),
    schedule: row.schedule,
    contactExporterId: row.contactExporterId,
    bulkSenderId: row.bulkSenderId,
    sftpSettings: sftpView(row),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    deletedAt: row.deletedAt,
  };
}

function sftpView({ sftpSettings, sftpPassword, sftpPrivateKey, sftpPassphrase, sftpPinnedHostKey }: CampaignRow) {
  if (!sftpSettings) return null;
  const { host, username, cdDir, hostKeyFingerprint, fileNameTemplate, compression } = sftpSettings;
  return {
    host,
    username,
    password: masked(sftpPassword),
    privateKey: masked(sftpPrivateKey),
    passphrase: masked(sftpPassphrase),
    cdDir,
    hostKeyFingerprint,
    pinnedHostKey: sftpPinnedHostKey,
    fileNameTemplate,
    compression,
  };
}

function masked(sealed: string | null) {
  return sealed === null ? null : MASK;
}
