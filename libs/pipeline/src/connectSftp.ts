import { PermanentFailure } from '@muster/core/errors';
import { parseSftpHost } from '@muster/core/sftpHost';
import { type RemoteDirectory, type SftpAddress } from './ports.ts';
import { type RunSecrets, type SftpSettings } from './runSettings.ts';
import { type StepContext } from './step.ts';

type Connecting = Pick<StepContext, 'run' | 'destination' | 'secrets' | 'signal'>;

/** Connects to the run's SFTP server, with the secrets and the host key as they are now; the first key seen is pinned. */
export async function connectSftp(ctx: Connecting): Promise<RemoteDirectory> {
  const { sftp } = ctx.run.settings;
  if (!sftp) throw new Error(`run ${ctx.run.id} has no SFTP settings, and yet an upload`);
  const remote = await ctx.destination.connect(addressOf(sftp, await ctx.secrets.read(ctx.run.id)), ctx.signal);
  try {
    if (!sftp.hostKeyFingerprint) await pinKey(ctx, sftp, remote.hostKeyFingerprint);
    return remote;
  } catch (error) {
    await remote.close();
    throw error;
  }
}

async function pinKey({ run, secrets }: Connecting, { host }: SftpSettings, seen: string) {
  const pinned = await secrets.pinHostKey(run.id, seen);
  if (pinned === seen) return;
  // another run has just pinned another key
  throw new PermanentFailure('hostKeyChanged', `${host} showed the host key ${seen}, but ${pinned} is pinned`);
}

function addressOf(sftp: SftpSettings, secrets: RunSecrets): SftpAddress {
  const { host, port } = parseSftpHost(sftp.host) ?? { host: sftp.host, port: 22 };
  const hostKeyFingerprint = sftp.hostKeyFingerprint ?? secrets.pinnedHostKey;
  return {
    host,
    port,
    username: sftp.username,
    ...credentialOf(sftp, secrets),
    ...(sftp.cdDir !== null && { directory: sftp.cdDir }),
    ...(hostKeyFingerprint !== null && { hostKeyFingerprint }),
  };
}

function credentialOf({ host }: SftpSettings, { sftpPrivateKey, sftpPassphrase, sftpPassword }: RunSecrets) {
  if (sftpPrivateKey !== null)
    return { privateKey: sftpPrivateKey, ...(sftpPassphrase !== null && { passphrase: sftpPassphrase }) };
  if (sftpPassword !== null) return { password: sftpPassword };
  const why = 'none is stored, or the campaign has moved to another server or user since this run began';
  throw new PermanentFailure(
    'sftpSecretMissing',
    `there is no credential for ${host}: ${why}; set it, and start a new run`,
  );
}
