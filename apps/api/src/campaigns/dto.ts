import { InvalidInput } from '@muster/core/errors';
import { ignored, nested, oneOf, partOf, pattern, type Refusal, text } from '@muster/core/fields';
import { fileNameTokens, refuseFileNameTemplate } from '@muster/core/fileNameTemplate';
import { parsePeachyCrontab } from '@muster/core/peachyCrontab';
import { parseQueryUrl } from '@muster/core/redashQueryUrl';
import { refuseSftpHost } from '@muster/core/sftpHost';
import { type ClassConstructor } from '@muster/core/validation';
import { ReadOnlyFields } from '../readOnlyFields.ts';

/** What stands for a secret in answers. Sent back, it leaves the stored secret alone. */
export const MASK = '********';
const MASKED = `Never shown: ${MASK} stands for it, and leaves it alone when it is sent back`;
const tokens = fileNameTokens.map((token) => `\`{${token}}\``).join(', ');

/** May be left out, and be null; what it is, and what one looks like. */
const maybe = (description: string, example?: unknown) => ({ optional: true, nullable: true, description, example });

class SftpBody {
  @text({
    ...{ min: 1, max: 300, rule: refuseSftpHost },
    ...{ description: 'The server; with a port where it is not 22', example: 'sftp.acme.com:23' },
  })
  host!: string;
  @text({ min: 1, max: 255, description: 'The user there', example: 'lender' }) username!: string;
  @text({ ...maybe(`A password, or a private key. ${MASKED}`, 'correct horse'), min: 1, max: 1_000 })
  password?: string | null;
  @text({
    ...maybe(`In place of a password, as ssh-keygen writes it. ${MASKED}`, null),
    ...{ min: 1, max: 20_000, lines: true, rule: refusePrivateKey },
  })
  privateKey?: string | null;
  @text({ ...maybe(`Of the private key, where it has one. ${MASKED}`, null), min: 1, max: 1_000 })
  passphrase?: string | null;
  @text({
    ...maybe('Entered first, and taken as it is written; null: where the login leads', 'inbound'),
    min: 1,
    max: 1_000,
  })
  cdDir?: string | null;
  @pattern(/^SHA256:[A-Za-z0-9+/]{43}=?$/, {
    ...maybe('The one host key that is accepted; null: the first one seen is pinned, if the operator lets it', null),
    message:
      'must be the fingerprint of a host key as ssh-keygen -l shows it, SHA256:… with 43 letters, digits, + and /',
  })
  hostKeyFingerprint?: string | null;
  @text({
    ...maybe(
      `How files are named there, without the extension: it must hold \`{kind}\`, and \`{runId}\` or \`{time}\`, and may hold ${tokens}`,
      'lender_{date}_{runId}_{kind}',
    ),
    ...{ min: 1, max: 150, rule: refuseFileNameTemplate },
  })
  fileNameTemplate?: string | null;
  @oneOf(['none', 'gzip'], maybe('Of the contacts file; null is `none`', 'none')) compression?: 'none' | 'gzip' | null;
  @ignored() pinnedHostKey?: unknown;
}

/** The body of `POST /campaigns`. */
export class CreateCampaign extends ReadOnlyFields {
  @text({ ...maybe('The company’s own name for it: unique per company and kind', 'past-due-30'), min: 1, max: 255 })
  externalId?: string | null;
  @text({ ...maybe('For people', '30 or more days past due'), min: 1, max: 200 }) name?: string | null;
  @text({
    ...maybe(
      'The query that gives the borrowers, executed afresh for every run',
      'https://redash.example.com/queries/42',
    ),
    ...{ min: 1, max: 2_000, rule: refuseQueryUrl },
  })
  redashQueryUrl?: string | null;
  @text({ ...maybe(`A user’s key, or that of the query. ${MASKED}`, 'kX3…'), min: 1, max: 255 })
  redashApiKey?: string | null;
  @text({
    ...maybe(
      'A Peachy crontab: five fields as in crontab(5), but minute and hour are `P`, a moment that is picked within the company’s dispatch window. Null: by hand only',
      'P P * * 1-5',
    ),
    ...{ max: 500, lines: true, rule: refuseSchedule },
  })
  schedule?: string | null;
  @text({ ...maybe('A contact exporter, by its id or its `externalId`', 'past-due-phones'), min: 1, max: 255 })
  contactExporterId?: string | null;
  @text({ ...maybe('Not supported yet: null', null), min: 1, max: 255, rule: refuseBulkSender })
  bulkSenderId?: string | null;
  @nested(() => SftpBody, {
    ...{ optional: true, nullable: true, merge: true },
    description:
      'Where the contacts file and the log go; null: nowhere, and nothing goes without a contact exporter. A stored secret is never sent to another server or user: with a change of `host` or `username` it must be given again',
  })
  sftpSettings?: SftpBody | null;
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
