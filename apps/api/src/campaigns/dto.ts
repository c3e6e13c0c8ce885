import { InvalidInput } from '@muster/core/errors';
import { ignored, nested, oneOf, partOf, pattern, type Refusal, text } from '@muster/core/fields';
import { refuseFileNameTemplate } from '@muster/core/fileNameTemplate';
import { parsePeachyCrontab } from '@muster/core/peachyCrontab';
import { parseQueryUrl } from '@muster/core/redashQueryUrl';
import { refuseSftpHost } from '@muster/core/sftpHost';
import { type ClassConstructor } from '@muster/core/validation';
import { ReadOnlyFields } from '../readOnlyFields.ts';

/** What stands for a secret in answers. Sent back, it leaves the stored secret alone. */
export const MASK = '********';

class SftpBody {
  @text({ min: 1, max: 300, rule: refuseSftpHost }) host!: string;
  @text({ min: 1, max: 255 }) username!: string;
  @text({ optional: true, nullable: true, min: 1, max: 1_000 }) password?: string | null;
  @text({ optional: true, nullable: true, min: 1, max: 20_000, lines: true, rule: refusePrivateKey })
  privateKey?: string | null;
  @text({ optional: true, nullable: true, min: 1, max: 1_000 }) passphrase?: string | null;
  @text({ optional: true, nullable: true, min: 1, max: 1_000 }) cdDir?: string | null;
  @pattern(/^SHA256:[A-Za-z0-9+/]{43}=?$/, {
    optional: true,
    nullable: true,
    message: 'must be a fingerprint as ssh-keygen -l shows it: SHA256: and 43 characters',
  })
  hostKeyFingerprint?: string | null;
  @text({ optional: true, nullable: true, min: 1, max: 150, rule: refuseFileNameTemplate })
  fileNameTemplate?: string | null;
  @oneOf(['none', 'gzip'], { optional: true, nullable: true }) compression?: 'none' | 'gzip' | null;
  @ignored() pinnedHostKey?: unknown;
}

/** The body of `POST /campaigns`. */
export class CreateCampaign extends ReadOnlyFields {
  @text({ optional: true, nullable: true, min: 1, max: 255 }) externalId?: string | null;
  @text({ optional: true, nullable: true, min: 1, max: 200 }) name?: string | null;
  @text({ optional: true, nullable: true, min: 1, max: 2_000, rule: refuseQueryUrl }) redashQueryUrl?: string | null;
  @text({ optional: true, nullable: true, min: 1, max: 255 }) redashApiKey?: string | null;
  @text({ optional: true, nullable: true, max: 500, lines: true, rule: refuseSchedule }) schedule?: string | null;
  @text({ optional: true, nullable: true, min: 1, max: 255 }) contactExporterId?: string | null;
  @text({ optional: true, nullable: true, min: 1, max: 255, rule: refuseBulkSender }) bulkSenderId?: string | null;
  @nested(() => SftpBody, { optional: true, nullable: true, merge: true }) sftpSettings?: SftpBody | null;
}

/** The body of `PUT`: absent leaves, null clears, in `sftpSettings` as well. */
export const UpdateCampaign = partOf(CreateCampaign) as ClassConstructor<CampaignBody>;

/** What a campaign is asked to become. */
export type CampaignBody = Omit<CreateCampaign, 'sftpSettings'> & { sftpSettings?: Partial<SftpBody> | null };

function refuseQueryUrl(url: string): Refusal | undefined {
  return refusalOf(() => parseQueryUrl(url));
}

function refuseSchedule(schedule: string): Refusal | undefined {
  return refusalOf(() => parsePeachyCrontab(schedule));
}

function refuseBulkSender(): Refusal {
  return { code: 'notSupportedYet', message: 'bulk senders come in a later version: leave it out, or give null' };
}

function refusePrivateKey(key: string): Refusal | undefined {
  if (key === MASK || /^-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----\r?\n/.test(key)) return undefined;
  return {
    code: 'isPrivateKey',
    message: 'must be a private key as ssh-keygen writes it, from its BEGIN line to its END line',
  };
}

/** A parser's InvalidInput, as the rule of a field. */
function refusalOf(parse: () => unknown): Refusal | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const { faults } = error;
    return { code: faults[0]?.code ?? 'rule', message: faults.map(({ message }) => message).join('; ') };
  }
}
