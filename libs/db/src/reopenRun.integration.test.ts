import { NotReady } from '@muster/core/errors';
import { executeStep } from '@muster/pipeline/executeStep';
import { type Claim } from '@muster/pipeline/runs';
import { type ControlBench, controlBench } from '@muster/testing/controlBench';

let bench: ControlBench;
beforeEach(async () => void (bench = await controlBench()));
afterEach(() => bench.close());

const filesOf = async (runId: string) =>
  bench.db.query<{ name: string; key: string }>('select name, key from file where run_id = $1 and not internal', [
    runId,
  ]);

describe('a run that is reopened', () => {
  it('gets one new log, which says what happened before as well', async () => {
    const { runId } = await bench.readyRun();
    await bench.failAt('upload');
    expect(await bench.fileOf(runId, 'log.txt')).toContain('run.failed');

    await bench.retry(runId);
    expect((await filesOf(runId)).map(({ name }) => name)).not.toContain('log.txt');
    await bench.work();

    const log = (await filesOf(runId)).filter(({ name }) => name === 'log.txt');
    expect(log).toHaveLength(1);
    const text = bench.store.files.get(log[0]?.key ?? '')?.toString() ?? '';
    expect(text).toMatch(/run\.failed[^]*run\.retried[^]*file\.delivered/);
  });

  it('can fail, be sealed and be retried again and again', async () => {
    const { runId } = await bench.readyRun();
    for (let i = 0; i < 3; i++) {
      await bench.failAt('upload');
      await bench.retry(runId);
    }
    await bench.work();

    expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded' });
    expect(await bench.attemptsOf(runId)).toMatchObject({ upload: 4 });
  });

  it('begins to count failures and crashes anew', async () => {
    const { runId } = await bench.readyRun();
    await bench.park(runId, 'query');
    expect(await bench.runOf(runId)).toMatchObject({ status: 'failed', error_code: 'parked' });

    await bench.retry(runId);

    expect(await bench.runs.claim({ runId, step: 'query' }, false)).toMatchObject({
      ...{ attempt: 4, failures: 0, failingForMs: 0 },
    });
  });

  it('keeps the log from whoever seals that of its first end only now', async () => {
    const { runId } = await bench.readyRun();
    await bench.failAt('query');
    await bench.retry(runId);
    const [run] = await bench.db.query<Claim['run']>(
      `select id, company_id as "companyId", generation from run where id = $1`,
      [runId],
    );

    await bench.runs.addLog(run!, { key: 'late', sizeBytes: 1, sha256: 'a' });
    await bench.work();

    expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded' });
    expect((await filesOf(runId)).filter(({ name }) => name === 'log.txt')).toHaveLength(1);
  });

  it('leaves out the steps that are no longer wanted, and puts in those that are: at attempts that were never used', async () => {
    const { runId } = await bench.readyRun();
    await bench.failAt('upload');
    const sftp = JSON.stringify((await bench.settingsOf(runId))?.sftp);
    await bench.changeCampaign(runId, 'sftp_settings = null');
    await bench.retry(runId);
    expect(Object.keys(await bench.attemptsOf(runId))).toEqual(['query', 'filter', 'export', 'report']);
    const report = (await bench.runs.claim({ runId, step: 'report' }, false)) as Claim;
    await bench.runs.endRun(report, 'failed', { code: 'x', message: 'X' });
    await bench.changeCampaign(runId, `sftp_settings = '${sftp}'`);
    await bench.retry(runId);
    await bench.work();

    expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded' });
    expect(await bench.attemptsOf(runId)).toEqual({ query: 1, filter: 1, export: 1, upload: 2, report: 2 });
    expect(bench.contactsSent()).toHaveLength(1);
  });

  it('rings for a step that comes back as never before: a finished job that is kept would swallow the ring', async () => {
    const { runId } = await bench.readyRun();
    await bench.workUntil('upload');
    const before = bench.doorbell.waiting[0]!;
    await bench.failAt('upload');
    const sftp = JSON.stringify((await bench.settingsOf(runId))?.sftp);
    await bench.changeCampaign(runId, 'sftp_settings = null');
    await bench.retry(runId);
    const report = (await bench.runs.claim({ runId, step: 'report' }, false)) as Claim;
    await bench.runs.endRun(report, 'failed', { code: 'x', message: 'X' });
    bench.doorbell.flush();
    await bench.changeCampaign(runId, `sftp_settings = '${sftp}'`);
    await bench.retry(runId);

    expect(bench.doorbell.waiting).toMatchObject([{ runId, step: 'upload' }]);
    expect(bench.doorbell.waiting[0]!.ring).toBeGreaterThan(before.ring);
  });
});

describe('a worker of before', () => {
  it.each(['query', 'export'] as const)(
    'writes nothing into a run that was retried, whatever it held: %s',
    async (held) => {
      const { runId } = await bench.readyRun();
      await bench.workUntil(held);
      const stale = (await bench.runs.claim({ runId, step: held }, false)) as Claim;
      await bench.loseWorker(runId, held);
      await bench.park(runId, held);
      expect(await bench.runOf(runId)).toMatchObject({ status: 'failed', error_code: 'parked' });
      await bench.retry(runId);
      const lost = { name: 'LeaseLost' };
      const refusesAll = async () => {
        expect(await bench.runs.renew(stale)).toBe('lost');
        await expect(bench.runs.finishStep(stale, {}, [])).rejects.toMatchObject(lost);
        await expect(bench.runs.endRun(stale, 'failed', null)).rejects.toMatchObject(lost);
        await expect(bench.runs.release(stale)).rejects.toMatchObject(lost);
        const planned = { file: 'contacts_output.csv', remoteName: 'a', sizeBytes: 1, sha256: 'x' } as const;
        await expect(bench.deliveries.plan(stale, planned)).rejects.toMatchObject(lost);
      };

      await refusesAll(); // before anybody has taken the step
      const fresh = (await bench.runs.claim({ runId, step: held }, false)) as Claim;
      expect(fresh.attempt).toBeGreaterThan(stale.attempt);
      await refusesAll();
      expect(await bench.runs.renew(fresh)).toBe('held');
    },
  );

  it('is told to come later, or nothing, by an old ring', async () => {
    const { runId } = await bench.readyRun({ screened: true });
    const old = bench.doorbell.waiting[0]!;
    await bench.failAt('upload');
    await bench.retry(runId);

    await executeStep(old, bench.deps, new AbortController().signal); // `query`: it has succeeded
    await bench.runs.claim({ runId, step: 'filter' }, false);
    await expect(
      executeStep({ runId, step: 'filter' }, bench.deps, new AbortController().signal),
    ).rejects.toBeInstanceOf(NotReady);

    expect(bench.redash.asked).toBe(1);
  });
});
