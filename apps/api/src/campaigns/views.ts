import { nested, oneOf, text } from '@muster/core/fields';
import { type CampaignRow } from '@muster/db/schemas';
import { answerOf } from '../objectAnswer.ts';
import { MASK } from './dto.ts';

const secret = (what: string, example: string | null) =>
  text({ nullable: true, description: `${what}: ${MASK} where one is stored, else null`, example });
const maybe = (description: string, example: unknown) => ({ nullable: true, description, example });

class SftpAnswer {
  @text({ description: 'The server; with a port where it is not 22', example: 'sftp.acme.com:23' }) host!: string;
  @text({ description: 'The user there', example: 'lender' }) username!: string;
  @secret('The password', MASK) password!: string | null;
  @secret('The private key', null) privateKey!: string | null;
  @secret('The passphrase of the private key', null) passphrase!: string | null;
  @text({ ...maybe('The directory that is entered first; null: where the login leads', 'inbound'), max: 1_000 })
  cdDir!: string | null;
  @text(maybe('The one host key that is accepted', null)) hostKeyFingerprint!: string | null;
  @text(maybe('The host key seen first, where none was given', 'SHA256:8DSmEOw1hTrHuUnJzKYPQdXM5Ug2lsVXz2hZEW2VVNw'))
  pinnedHostKey!: string | null;
  @text(maybe('How files are named there, without the extension', 'lender_{date}_{runId}_{kind}'))
  fileNameTemplate!: string | null;
  @oneOf(['none', 'gzip'], maybe('Of the contacts file', 'none')) compression!: string | null;
}

/** A campaign as it is answered: of a secret, only whether it is set. */
export class CampaignAnswer extends answerOf('campaign', 'CM-7K2M-Q9TX') {
  @text(maybe('For people', '30 or more days past due')) name!: string | null;
  @text({ ...maybe('The query that gives the borrowers', 'https://redash.example.com/queries/42'), max: 2_000 })
  redashQueryUrl!: string | null;
  @secret('The API key of Redash', MASK) redashApiKey!: string | null;
  @text({ ...maybe('A Peachy crontab; null: by hand only', 'P P * * 1-5'), max: 500, lines: true })
  schedule!: string | null;
  @text(maybe('The contact exporter that writes the CSV', 'CE-4R8N-W3HD')) contactExporterId!: string | null;
  @text(maybe('Not supported yet: null', null)) bulkSenderId!: string | null;
  @nested(() => SftpAnswer, { nullable: true, description: 'Where the contacts file and the log go; null: nowhere' })
  sftpSettings!: SftpAnswer | null;
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
