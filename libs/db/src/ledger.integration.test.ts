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
