import { relative } from 'node:path';
import { type factsOf } from './factsOf.ts';

interface Places {
  facts: ReturnType<typeof factsOf>;
  databaseUrl: string;
  /** The demo's directory, and the one that paths are shown relative to. */
  home: { directory: string; demoJson: string; logs: string };
  cwd: string;
}

/** Where everything is, one line each. Keys and passwords are left to the file. */
export function placeLines({ facts, databaseUrl, home, cwd }: Places): string[] {
  const { apiUrl, redashUrl, sftp, smsUrl, sentUrl, chargedUrl } = facts;
  const show = (path: string) => relative(cwd, path) || '.';
  return [
    `API        ${apiUrl}`,
    `SMS API    ${smsUrl}`,
    `gateways   ${sentUrl} and ${chargedUrl}: what was sent and charged`,
    `Redash     ${redashUrl}`,
    `SFTP       sftp -P ${sftp.port} ${sftp.username}@${sftp.host}, whose files are in ${show(sftp.directory)}`,
    `database   psql '${databaseUrl}'`,
    `logs       ${show(home.logs)}`,
    `all this, with keys and passwords: ${show(home.demoJson)}`,
  ];
}
