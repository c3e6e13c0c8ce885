import { MusterError, TemporaryFailure } from '@muster/core/errors';
import { connectSftp } from '../connectSftp.ts';
import { deliverFile } from '../deliverFile.ts';
import { nameOfDestination } from '../nameOfDestination.ts';
import { type SealedFile } from '../ports.ts';
import { remoteName } from '../remoteNames.ts';
import { renderLog } from '../renderLog.ts';
import { type StepSummary } from '../runs.ts';
import { type StepContext } from '../step.ts';
import { type Workspace } from '../workspace.ts';

const TRIES = 3; // then the run ends all the same: the contacts are delivered, and nobody should wait for a log

/** Seals the run's log and drops it beside the contacts; a log that cannot be delivered is a warning, no failure. */
export async function reportRun(ctx: StepContext, io: Workspace): Promise<StepSummary> {
  const stream = await io.create('log.txt');
  stream.end(renderLog(await ctx.runs.events(ctx.run.id)));
  const log = await io.seal('log.txt');
  if (!ctx.run.settings.sftp || !ctx.run.settings.exporter) return {};
  try {
    return await deliverLog(ctx, io, log);
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (!(error instanceof MusterError)) throw error;
    if (error instanceof TemporaryFailure && ctx.failures + 1 < TRIES) throw error;
    await ctx.note('log.notDelivered', { code: error.code, warning: error.message });
    return { message: `the log was not delivered: ${error.message}` };
  }
}

async function deliverLog(ctx: StepContext, io: Workspace, log: SealedFile): Promise<StepSummary> {
  const { lease, deliveries, signal } = ctx;
  const { campaignId, settings } = ctx.run;
  const remote = await connectSftp(ctx);
  try {
    const delivery = await io.withLocalCopy(log, (localPath) =>
      deliverFile(
        {
          file: 'log.txt',
          remoteName: remoteName(ctx.run, 'log'),
          localPath,
          sizeBytes: log.sizeBytes,
          sha256: log.sha256,
        },
        { lease, campaignId, deliveries, remote, destination: nameOfDestination(settings.sftp), signal },
      ),
    );
    return { message: `log delivered as ${delivery.remoteName}` };
  } finally {
    await remote.close();
  }
}
