import { type Delivery } from '@muster/pipeline/deliveries';
import { LeaseLost } from '@muster/pipeline/leaseLost';
import { type Claim } from '@muster/pipeline/runs';
import { type ControlBench, controlBench } from '@muster/testing/controlBench';
import { queueUp } from '@muster/testing/queueUp';

let bench: ControlBench;
beforeEach(async () => void (bench = await controlBench()));
afterEach(() => bench.close());

const deliveryOf = (runId: string) => bench.deliveries.last(runId, 'contacts_output.csv');

const heldUpload = async () => {
  const runId = await bench.startRun();
  for (const step of ['query', 'filter', 'export'] as const)
    await bench.runs.finishStep((await bench.runs.claim({ runId, step }, false)) as Claim, {}, []);
  return (await bench.runs.claim({ runId, step: 'upload' }, false)) as Claim;
};

const planned = { file: 'contacts_output.csv', remoteName: 'a.csv', sizeBytes: 1, sha256: 'x' } as const;

it('renames a file or lets its run be canceled when both come at once', async () => {
  for (let i = 0; i < 8; i++) {
    const upload = await heldUpload();
    const delivery = await bench.deliveries.plan(upload, planned);

    const both = [bench.deliveries.beginRename(upload, delivery), bench.cancel(upload.runId)];
    const outcomes = (await Promise.allSettled(both)).map(({ status }) => status);

    expect(outcomes.sort()).toEqual(['fulfilled', 'rejected']);
  }
});

it('renames a file when the rename is committed a moment before the cancel', async () => {
  const upload = await heldUpload();
  const delivery = await bench.deliveries.plan(upload, planned);

  const [, canceled] = await queueUp(
    bench.db,
    upload.runId,
    () => bench.deliveries.beginRename(upload, delivery),
    () => bench.cancel(upload.runId),
  );

  expect(canceled).toMatchObject({ status: 'rejected', reason: { code: 'tooLate' } });
  expect(await deliveryOf(upload.runId)).toMatchObject({ state: 'renaming' });
});

it('renames nothing when the cancel is committed a moment before', async () => {
  const upload = await heldUpload();
  const delivery = await bench.deliveries.plan(upload, planned);

  const [, renamed] = await queueUp(
    bench.db,
    upload.runId,
    () => bench.cancel(upload.runId),
    () => bench.deliveries.beginRename(upload, delivery),
  );

  expect(renamed).toMatchObject({ status: 'rejected', reason: { name: 'CancelAsked' } });
  expect(await deliveryOf(upload.runId)).toMatchObject({ state: 'planned' });
});

it('renames nothing when the run has ended a moment before', async () => {
  const upload = await heldUpload();
  const delivery = await bench.deliveries.plan(upload, planned);

  const [, renamed] = await queueUp(
    bench.db,
    upload.runId,
    () => bench.runs.endRun(upload, 'failed', { code: 'gone', message: 'gone' }),
    () => bench.deliveries.beginRename(upload, delivery),
  );

  expect(renamed).toMatchObject({ status: 'rejected', reason: { name: 'LeaseLost' } });
  expect(await deliveryOf(upload.runId)).toMatchObject({ state: 'failed' });
});

it.each<[string, (old: Claim, delivery: Delivery) => Promise<unknown>]>([
  ['the plan of a further try', (old) => bench.deliveries.plan(old, planned)],
  ['a mark', (old, delivery) => bench.deliveries.mark(old, delivery, { state: 'uploaded' })],
  ['the rename', (old, delivery) => bench.deliveries.beginRename(old, delivery)],
])('refuses %s by an attempt that is not the current one, and changes nothing', async (_, write) => {
  const old = await heldUpload();
  const delivery = await bench.deliveries.plan(old, planned);
  await bench.loseWorker(old.runId, 'upload');
  await bench.runs.claim({ runId: old.runId, step: 'upload' }, false);

  await expect(write(old, { ...delivery })).rejects.toBeInstanceOf(LeaseLost);

  expect(await deliveryOf(old.runId)).toEqual(delivery);
});

it('cannot hold two tries of a file that may both be with the dialer: the table refuses the second', async () => {
  const upload = await heldUpload();
  await bench.deliveries.beginRename(upload, await bench.deliveries.plan(upload, planned));
  const second = await bench.deliveries.plan(upload, planned);

  for (const state of ['renaming', 'delivered', 'unknown'] as const)
    await expect(bench.deliveries.mark(upload, { ...second }, { state })).rejects.toThrow('delivery_once');

  expect(await deliveryOf(upload.runId)).toMatchObject({ try: 2, state: 'planned' });
});
