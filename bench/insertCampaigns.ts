import { openSecretBox } from '@muster/core/secretBox';
import { secretPlace } from '@muster/db/runSecrets';
import { insertExporter } from '@muster/testing/factories';
import { type Company } from './borrowers.ts';
import { exporter } from './campaigns.ts';
import { type House } from './house.ts';

export interface NewCampaigns {
  count: number;
  /** A result of Redash. */
  queryId: number;
  /** A Peachy crontab; absent: started by hand only. With one they get no secrets: their runs are made, and never worked on. */
  schedule?: string;
}

/** Puts many campaigns of a company into the database, as the API would have left them; gives their ids. */
export async function insertCampaigns(
  house: House,
  { companyId }: Company,
  { count, queryId, schedule }: NewCampaigns,
): Promise<string[]> {
  const { redash, sshd } = house.bench.servers;
  const settings = {
    ...{ host: `${sshd.host}:${sshd.port}`, username: sshd.username },
    hostKeyFingerprint: sshd.hostKeyFingerprint,
  };
  const exporterId = await insertExporter(house.db, { companyId, ...exporter });
  const rows = await house.db.query<{ id: string }>(
    `insert into campaign (company_id, redash_query_url, contact_exporter_id, sftp_settings, schedule)
     select $1, $2, $3, $4, $5 from generate_series(1, $6) returning id`,
    [companyId, `${redash.url}/queries/${queryId}`, exporterId, settings, schedule ?? null, count],
  );
  const ids = rows.map(({ id }) => id);
  if (schedule === undefined) await sealSecrets(house, companyId, ids);
  return ids;
}

async function sealSecrets({ db, bench }: House, companyId: string, ids: readonly string[]) {
  const { sshd, secretKey } = bench.servers;
  const box = openSecretBox({ key: secretKey });
  const seal = (secret: string, column: 'redash_api_key' | 'sftp_private_key') =>
    ids.map((campaignId) => box.seal(secret, secretPlace({ companyId, campaignId }, column)));
  await db.execute(
    `update campaign set redash_api_key = secret.redash, sftp_private_key = secret.sftp
     from unnest($1::text[], $2::text[], $3::text[]) as secret (id, redash, sftp) where campaign.id = secret.id`,
    [ids, seal('key-of-a-user', 'redash_api_key'), seal(sshd.privateKey, 'sftp_private_key')],
  );
}
