import { connectSftp } from '../connectSftp.ts';
import { deliverFile } from '../deliverFile.ts';
import { gzipCopy } from '../gzipCopy.ts';
import { nameOfDestination } from '../nameOfDestination.ts';
import { type SealedFile } from '../ports.ts';
import { refuseOldVerdicts } from '../refuseOldVerdicts.ts';
import { remoteName } from '../remoteNames.ts';
import { type StepSummary } from '../runs.ts';
import { type StepContext } from '../step.ts';
import { type Workspace } from '../workspace.ts';

/**
 * Drops the contacts file on the campaign's SFTP server: whole, under its final name, once. Throws ScreeningExpired where
 * the verdicts behind it are too old.
 */
export async function uploadContacts(ctx: StepContext, io: Workspace): Promise<StepSummary> {
  await refuseOldVerdicts(ctx);
  const file = await io.find('contacts_output.csv');
  return io.withLocalCopy(file, async (path) => {
    if (ctx.run.settings.sftp?.compression !== 'gzip') return deliver(ctx, { ...file, localPath: path });
    const packed = await gzipCopy(path);
    try {
      return await deliver(ctx, packed);
    } finally {
      await packed.remove();
    }
  });
}

async function deliver(ctx: StepContext, bytes: Omit<SealedFile, 'key'> & { localPath: string }): Promise<StepSummary> {
  const { lease, deliveries, signal } = ctx;
  const remote = await connectSftp(ctx);
  try {
    const { sizeBytes, sha256, localPath } = bytes;
    const parcel = {
      file: 'contacts_output.csv',
      remoteName: remoteName(ctx.run, 'contacts'),
      sizeBytes,
      sha256,
      localPath,
    } as const;
    const { campaignId, settings } = ctx.run;
    const destination = nameOfDestination(settings.sftp);
    const delivery = await deliverFile(parcel, { lease, campaignId, deliveries, remote, destination, signal });
    await ctx.note('file.delivered', { file: delivery.file, remoteName: delivery.remoteName, sizeBytes, sha256 });
    return { message: `delivered as ${delivery.remoteName}` };
  } finally {
    await remote.close();
  }
}
