import { nested, oneOf, text } from '@muster/core/fields';
import { type CampaignRow } from '@muster/db/schemas';
import { ObjectAnswer } from '../objectAnswer.ts';
import { MASK } from './dto.ts';

const secret = (what: string) =>
  text({ nullable: true, description: `${what}: ${MASK} where one is stored, else null` });

class SftpAnswer {
  @text() host!: string;
  @text() username!: string;
  @secret('The password') password!: string | null;
  @secret('The private key') privateKey!: string | null;
  @secret('The passphrase of the private key') passphrase!: string | null;
  @text({ nullable: true, max: 1_000 }) cdDir!: string | null;
  @text({ nullable: true, description: 'The one host key that is accepted' }) hostKeyFingerprint!: string | null;
  @text({ nullable: true, description: 'The host key seen first, where none was given' }) pinnedHostKey!: string | null;
  @text({ nullable: true }) fileNameTemplate!: string | null;
  @oneOf(['none', 'gzip'], { nullable: true }) compression!: string | null;
}

/** A campaign as it is answered: of a secret, only whether it is set. */
export class CampaignAnswer extends ObjectAnswer {
  @text({ nullable: true }) name!: string | null;
  @text({ nullable: true, max: 2_000 }) redashQueryUrl!: string | null;
  @secret('The API key of Redash') redashApiKey!: string | null;
  @text({ nullable: true, max: 500, lines: true, description: 'A Peachy crontab; null: by hand only' })
  schedule!: string | null;
  @text({ nullable: true }) contactExporterId!: string | null;
  @text({ nullable: true }) bulkSenderId!: string | null;
  @nested(() => SftpAnswer, { nullable: true }) sftpSettings!: SftpAnswer | null;
}

/** A campaign as it is answered. */
export function campaignView(row: CampaignRow): CampaignAnswer {
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

function sftpView(row: CampaignRow): SftpAnswer | null {
  if (!row.sftpSettings) return null;
  const { host, username, cdDir, hostKeyFingerprint, fileNameTemplate, compression } = row.sftpSettings;
  return {
    host,
    username,
    password: masked(row.sftpPassword),
    privateKey: masked(row.sftpPrivateKey),
    passphrase: masked(row.sftpPassphrase),
    cdDir,
    hostKeyFingerprint,
    pinnedHostKey: row.sftpPinnedHostKey,
    fileNameTemplate,
    compression,
  };
}

function masked(sealed: string | null) {
  return sealed === null ? null : MASK;
}
