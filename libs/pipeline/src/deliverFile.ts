import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { CancelAsked } from './cancelAsked.ts';
import { type Deliveries, type Delivery } from './deliveries.ts';
import { type RemoteDirectory } from './ports.ts';
import { resolveAdvice } from './resolveAdvice.ts';
import { type RunFile } from './run.ts';
import { type Lease } from './runs.ts';

/** A file to deliver: what it is called there, and the bytes that it must have. */
export interface Parcel {
  file: RunFile;
  remoteName: string;
  sizeBytes: number;
  sha256: string;
  localPath: string;
}

export interface Delivering {
  lease: Lease;
  campaignId: string;
  deliveries: Deliveries;
  remote: RemoteDirectory;
  /** Where that is, for people who have to ask there. */
  destination: string;
  signal: AbortSignal;
}

/**
 * Delivers a file under its final name exactly once, whatever was begun before: uploaded under a temporary name, looked
 * at, then renamed. What nobody can know is `unknown`, and never sent again by itself.
 * Throws PermanentFailure `deliveryUnknown`, `remoteNameTaken`, `renameRefused`; TemporaryFailure where a further try may do.
 */
export async function deliverFile(parcel: Parcel, by: Delivering): Promise<Delivery> {
  const earlier = await by.deliveries.last(by.lease.runId, parcel.file);
  if (earlier && (await settleEarlier(earlier, by))) return earlier;

  await refuseTakenName(parcel, by);
  const delivery = await by.deliveries.plan(by.lease, pick(parcel));
  let begun = false;
  try {
    await uploadWhole(parcel, delivery, by);
    by.signal.throwIfAborted();
    begun = true; // from here on only a refusal in so many words proves that nothing was committed
    await by.deliveries.beginRename(by.lease, delivery);
  } catch (error) {
    const certain = !begun || error instanceof CancelAsked;
    if (certain) await by.remote.remove(delivery.temporaryName).catch(() => undefined);
    throw error;
  }
  await rename(delivery, by);
  return delivery;
}

async function uploadWhole(parcel: Parcel, delivery: Delivery, by: Delivering) {
  await by.deliveries.mark(by.lease, delivery, { state: 'uploading' });
  await by.remote.upload(parcel.localPath, delivery.temporaryName, by.signal);
  await checkSize(delivery, by);
  await by.deliveries.mark(by.lease, delivery, { state: 'uploaded' });
  await refuseTakenName(parcel, by, delivery);
}

/** Ends whatever an earlier attempt has left. True: the file is delivered. */
async function settleEarlier(earlier: Delivery, by: Delivering): Promise<boolean> {
  switch (earlier.state) {
    case 'delivered':
      return true;
    case 'unknown':
      throw unknownDelivery(earlier, by, 'nobody could tell afterwards');
    case 'renaming':
      return settleRenaming(earlier, by);
    case 'planned':
    case 'uploading':
    case 'uploaded':
      await by.remote.remove(earlier.temporaryName);
      await by.deliveries.mark(by.lease, earlier, {
        state: 'failed',
        message: 'the attempt that uploaded it was lost',
      });
      return false;
    case 'failed':
    case 'superseded':
    case 'canceled':
      await by.remote.remove(earlier.temporaryName).catch(() => undefined); // what its end could not reach
      return false;
  }
}

/** The rename was sent, or was about to be: look. */
async function settleRenaming(earlier: Delivery, by: Delivering): Promise<true> {
  const isUploaded = await by.remote.find(earlier.temporaryName);
  const there = await by.remote.find(earlier.remoteName);
  const isOurs = there?.sizeBytes === earlier.sizeBytes;
  if (isUploaded && isOurs) throw await leaveInDoubt(earlier, by, 'both files are there'); // a rename that broke off in its middle
  if (isUploaded) {
    await refuseTakenName(earlier, by, earlier);
    await rename(earlier, by);
    return true;
  }
  if (!isOurs) throw await leaveInDoubt(earlier, by, 'neither file is there as it was sent');
  await by.deliveries.mark(by.lease, earlier, { state: 'delivered' });
  return true;
}

/** Nothing is removed, and nothing is sent again: a person has to look. */
async function leaveInDoubt(delivery: Delivery, by: Delivering, seen: string) {
  await by.deliveries.mark(by.lease, delivery, {
    state: 'unknown',
    message: `of the temporary and the final one, ${seen}`,
  });
  return unknownDelivery(delivery, by, seen);
}

async function rename(delivery: Delivery, by: Delivering) {
  try {
    await by.remote.rename(delivery.temporaryName, delivery.remoteName);
  } catch (error) {
    if (!(error instanceof PermanentFailure)) throw error; // no answer: the row stays `renaming`, and the next try looks
    if (!(await by.remote.find(delivery.temporaryName))) return settleRenaming(delivery, by);
    await fail(delivery, by, error.message);
    throw error;
  }
  await by.deliveries.mark(by.lease, delivery, { state: 'delivered' });
  return true;
}

/** A name that is there already is not ours, as far as we know: a dialer may hold on to it, and we never overwrite. */
async function refuseTakenName(named: Pick<Parcel, 'file' | 'remoteName'>, by: Delivering, delivery?: Delivery) {
  const { file, remoteName } = named;
  if (!(await by.remote.find(remoteName))) return;
  if (delivery) await fail(delivery, by, 'the final name was taken');
  const alerted = file === 'contacts_output.csv' ? '; an alert was raised' : '';
  throw new PermanentFailure(
    'remoteNameTaken',
    `${remoteName} is there already, and this run knows nothing of it: on ${by.destination}. Look at that file there (size, time, ` +
      `rows), or ask whoever reads it${alerted}. If it is this run's own, of an earlier attempt or from ` +
      'before the database was brought back from a backup, its contacts are sent: leave both as they are. If it is not, change ' +
      'fileNameTemplate or take that file away, then retry the run',
  );
}

/** A resolved upload proves nothing: some servers report success on a full disk. */
async function checkSize(delivery: Delivery, by: Delivering) {
  const there = await by.remote.find(delivery.temporaryName);
  if (there?.sizeBytes === delivery.sizeBytes) return;
  const sizes = `${there?.sizeBytes ?? 0} of ${delivery.sizeBytes} bytes`;
  await fail(delivery, by, `arrived short: ${sizes}`);
  throw new TemporaryFailure(
    'remoteFileShort',
    `only ${sizes} of ${delivery.remoteName} arrived: is the server's disk full?`,
  );
}

async function fail(delivery: Delivery, { remote, deliveries, lease }: Delivering, message: string) {
  await remote.remove(delivery.temporaryName);
  await deliveries.mark(lease, delivery, { state: 'failed', message });
}

function unknownDelivery({ file, remoteName }: Delivery, by: Delivering, seen: string) {
  const { destination, campaignId, lease } = by;
  return new PermanentFailure(
    'deliveryUnknown',
    `whether ${remoteName} was delivered to ${destination}, cannot be known: the rename was sent, its answer was lost, and ${seen}. ` +
      resolveAdvice({ campaignId, runId: lease.runId, file }),
  );
}

function pick({ file, remoteName, sizeBytes, sha256 }: Parcel) {
  return { file, remoteName, sizeBytes, sha256 };
}
