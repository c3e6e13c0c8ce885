import { type Database } from '@muster/core/database';
import { NotFound } from '@muster/core/errors';
import { type SealedColumns, type SecretBox, type SecretPlace } from '@muster/core/secretBox';
import { type RunSecrets } from '@muster/pipeline/runSettings';

interface SealedSecrets {
  campaignId: string;
  companyId: string;
  redashApiKey: string | null;
  sftpPassword: string | null;
  sftpPrivateKey: string | null;
  sftpPassphrase: string | null;
  pinnedHostKey: string | null;
}

/**
 * The secrets of a run's campaign, as they are now. Where the campaign's SFTP server or query address was changed since the
 * run began, its secrets belong to the new place: the run does not get them.
 */
export async function readRunSecrets(db: Database, box: SecretBox, runId: string): Promise<RunSecrets> {
  const [row] = await db.query<SealedSecrets>(
    `select c.id as "campaignId", c.company_id as "companyId",
       case when same_query then c.redash_api_key end as "redashApiKey",
       case when same_server then c.sftp_password end as "sftpPassword",
       case when same_server then c.sftp_private_key end as "sftpPrivateKey",
       case when same_server then c.sftp_passphrase end as "sftpPassphrase",
       case when same_server then c.sftp_pinned_host_key end as "pinnedHostKey"
     from run r
     join campaign c on c.id = r.campaign_id
     cross join lateral (select
       substring(c.redash_query_url from '^[^/]+//[^/]+') is not distinct from
         substring(r.settings #>> '{campaign,redashQueryUrl}' from '^[^/]+//[^/]+') as same_query,
       (c.sftp_settings ->> 'host', c.sftp_settings ->> 'username') is not distinct from
         (r.settings #>> '{sftp,host}', r.settings #>> '{sftp,username}') as same_server) as compared
     where r.id = $1`,
    [runId],
  );
  if (!row) throw new NotFound('runNotFound', `there is no run ${runId}`);
  const open = (column: SealedColumns['campaign'], sealed: string | null) =>
    sealed === null ? null : box.open(sealed, secretPlace(row, column));
  return {
    redashApiKey: open('redash_api_key', row.redashApiKey),
    sftpPassword: open('sftp_password', row.sftpPassword),
    sftpPrivateKey: open('sftp_private_key', row.sftpPrivateKey),
    sftpPassphrase: open('sftp_passphrase', row.sftpPassphrase),
    pinnedHostKey: row.pinnedHostKey,
  };
}

/** Where a campaign's secret is kept: it is sealed to that place. */
export function secretPlace(
  { companyId, campaignId }: { companyId: string; campaignId: string },
  column: SealedColumns['campaign'],
): SecretPlace {
  return { companyId, table: 'campaign', column, recordId: campaignId };
}

/**
 * Pins the host key that a run's SFTP server showed first, if none is pinned or named; gives the one that holds. Where the
 * campaign names another server by now nothing is pinned: the key is not that one's.
 */
export async function pinHostKey(db: Database, runId: string, fingerprint: string): Promise<string> {
  const [row] = await db.query<{ holds: string }>(
    `update campaign c
     set sftp_pinned_host_key =
       coalesce(sftp_pinned_host_key, case when sftp_settings ->> 'hostKeyFingerprint' is null then $2 end)
     from run r
     where r.id = $1 and c.id = r.campaign_id and c.sftp_settings ->> 'host' = r.settings #>> '{sftp,host}'
     returning coalesce(sftp_settings ->> 'hostKeyFingerprint', sftp_pinned_host_key) as holds`,
    [runId, fingerprint],
  );
  return row?.holds ?? fingerprint;
}
