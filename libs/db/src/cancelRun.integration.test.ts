import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { CancelAsked } from '@muster/pipeline/cancelAsked';
import { executeStep } from '@muster/pipeline/executeStep';
import { type StepName } from '@muster/pipeline/run';
import { type Claim } from '@muster/pipeline/runs';
import { type StepDeps } from '@muster/pipeline/stepDeps';
import { pipelineBench } from '@muster/testing/pipelineBench';
import { waitFor } from '@muster/testing/waitFor';
import { cancelRun } from './cancelRun.ts';

type Bench = Awaited<ReturnType<typeof pipelineBench>>;
let bench: Bench;
beforeEach(async () => void (bench = await pipelineBench()));
afterEach(() => bench.close());

async function readyRun() {
  const { key } = await bench.addBorrower();
  bench.redash.csv = `id\r\n${key}\r\n`;
  const runId = await bench.startRun();
  await ring();
  return runId;
}

const ring = async () => {
  for (const next of await bench.places.fill(bench.companyId)) await bench.doorbell.ring(next);
};

/** As the API does it: in the company's own transaction. */
const cancel = async (runId: string) => {
  const [run] = await bench.db.query<{ campaign: string }>('select campaign_id as campaign from run where id = $1', [
    runId,
  ]);
  const company = bench.db.forCompany(bench.companyId);
  await company.transaction((tx) => cancelRun(tx, { campaign: run?.campaign ?? '', runId }, 'key1'));
};

/** Works until the step is next, and leaves it alone. */
async function workUntil(step: StepName, change: Partial<StepDeps> = {}) {
  while (bench.doorbell.waiting[0]?.step !== step) await take(change);
}

const take = (change: Partial<StepDeps> = {}) =>
  executeStep(bench.doorbell.take()!, { ...bench.deps, ...change }, new AbortController().signal).catch(
    () => undefined,
  );

const stepsOf = async (runId: string) =>
  Object.fromEntries(
    (
      await bench.db.query<{ name: string; status: string }>('select name, status from run_step where run_id = $1', [
        runId,
      ])
    ).map(({ name, status }) => [name, status]),
  );

const deliveryOf = (runId: string) => bench.deliveries.last(runId, 'contacts_output.csv');

/** A source that answers only when it is stopped. */
const stuck = () => {
  let asked = () => {};
  const told = { stoppedMs: 0, isAsked: new Promise<void>((resolve) => (asked = resolve)) };
  const fetchRows = (_: unknown, __: unknown, signal: AbortSignal) => {
    asked();
    return new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        told.stoppedMs = performance.now();
        reject(new Error('aborted'));
      });
    });
  };
  return { source: { fetchRows }, told };
};

describe('a run that nobody works on', () => {
  it('ends at once, without a place and before its first step', async () => {
    const runId = await bench.startRun();

    await cancel(runId);

    expect(await bench.runOf(runId)).toMatchObject({ status: 'canceled', error_code: null, rung_at: null });
    expect(Object.values(await stepsOf(runId))).toEqual(Array(5).fill('canceled'));
  });

  it('ends at once while it waits for a further try, and frees its place', async () => {
    const runId = await readyRun();
    bench.redash.failures.push(new TemporaryFailure('redashUnavailable', 'away'));
    await bench.work();
    expect(await bench.runOf(runId)).toMatchObject({ status: 'running' });

    await cancel(runId);

    expect(await bench.runOf(runId)).toMatchObject({ status: 'canceled', rung_at: null });
  });

  it('ends at once when its worker was lost, whose late words are refused', async () => {
    const runId = await readyRun();
    const lost = (await bench.runs.claim({ runId, step: 'query' }, false)) as Claim;
    await bench.loseWorker(runId, 'query');

    await cancel(runId);

    expect(await bench.runOf(runId)).toMatchObject({ status: 'canceled' });
    expect(await bench.runs.renew(lost)).toBe('lost');
    await expect(bench.runs.finishStep(lost, {}, [])).rejects.toThrow('no longer the current one');
  });

  it('gets a log that says so, and no rings any more', async () => {
    const runId = await readyRun();
    await cancel(runId);
    await bench.db.execute(`update run set finished_at = now() - interval '1 minute' where id = $1`, [runId]);

    await bench.heal();
    await bench.work();

    expect(await bench.fileOf(runId, 'log.txt')).toMatch(/cancel\.asked\n.*run\.canceled\n$/);
    expect(bench.redash.asked).toBe(0);
  });

  it('is canceled once, however often that is asked', async () => {
    const runId = await bench.startRun();
    await Promise.all([cancel(runId), cancel(runId)]);
    await cancel(runId);

    const asked = await bench.db.query('select by_key from run_action where run_id = $1', [runId]);
    expect(asked).toEqual([{ by_key: 'key1' }]);
  });

  it('gives back what it has reserved', async () => {
    const runId = await bench.startRun();
    const { key } = await bench.addBorrower();
    await bench.db.execute(
      `insert into reservation (company_id, run_id, person_key, channel, theme, expires_at)
       values ($1, $2, $3, 'voice', 'collections', now() + interval '1 day')`,
      [bench.companyId, runId, key],
    );

    await cancel(runId);

    const open = await bench.db.query('select 1 from reservation where run_id = $1 and released_at is null', [runId]);
    expect(open).toEqual([]);
  });
});

describe('a run that a worker holds', () => {
  it('is left to that worker, who learns it within a heartbeat and ends the run', async () => {
    const runId = await readyRun();
    const { source, told } = stuck();
    const times = { leaseMs: 10_000, heartbeatMs: 2_000 }; // as they are by default
    const working = bench.work({ source, times });
    await told.isAsked;

    await cancel(runId);
    expect(await bench.runOf(runId)).toMatchObject({ status: 'running' });
    const askedMs = performance.now();
    await working;

    expect(told.stoppedMs - askedMs).toBeLessThan(2_000);
    expect(await bench.runOf(runId)).toMatchObject({ status: 'canceled', rung_at: null });
    expect(await bench.fileOf(runId, 'log.txt')).toContain('run.canceled');
  });

  it('is stopped where it stands, and be it waiting for a table while it writes', async () => {
    const runId = await readyRun();
    await workUntil('export');
    const table = `scratch."${runId}_1_matched"`;
    await bench.db.transaction(async (tx) => {
      await tx.execute(`lock table ${table} in access exclusive mode`);
      const working = take();
      await waitFor(async () => (await bench.db.query('select 1 from pg_locks where not granted')).length);
      await cancel(runId);
      const askedMs = performance.now();
      await working;

      expect(performance.now() - askedMs).toBeLessThan(8_000); // the database itself would give up after 15 s
      expect(await bench.runOf(runId)).toMatchObject({ status: 'canceled' });
    });
  });

  it('never succeeds any more: the checkpoint of its last step is refused', async () => {
    const runId = await readyRun();
    await workUntil('report', { destination: bench.sftp });
    await bench.db.execute(`delete from delivery where run_id = $1`, [runId]); // as if there were nothing to deliver
    const report = (await bench.runs.claim({ runId, step: 'report' }, false)) as Claim;
    await cancel(runId);

    await expect(bench.runs.finishStep(report, {}, [])).rejects.toBeInstanceOf(CancelAsked);

    expect(await bench.runOf(runId)).toMatchObject({ status: 'running' });
  });

  it.each([
    ['may pass', () => new TemporaryFailure('redashUnavailable', 'away', { details: { retryAfterMs: 120_000 } })],
    ['is for good', () => new PermanentFailure('queryGone', 'there is no such query')],
  ])(
    'ends canceled, and waits for nothing, when its step fails before the heartbeat with what %s',
    async (_, failure) => {
      const runId = await readyRun();
      const source = {
        fetchRows: async () => {
          await cancel(runId);
          throw failure();
        },
      };

      await bench.work({ source, times: { leaseMs: 60_000, heartbeatMs: 60_000 } });

      expect(await bench.runOf(runId)).toMatchObject({ status: 'canceled', error_code: null });
    },
  );

  it('goes to the next one when its worker dies, who ends it', async () => {
    const runId = await readyRun();
    await bench.runs.claim({ runId, step: 'query' }, false);
    await cancel(runId);
    await bench.loseWorker(runId, 'query');

    await bench.work();

    expect(await bench.runOf(runId)).toMatchObject({ status: 'canceled' });
    expect(bench.redash.asked).toBe(0);
  });

  it('frees its place for the next one', async () => {
    const runId = await readyRun();
    const { source, told } = stuck();
    const working = take({ source });
    await told.isAsked;
    const next = await bench.startRun();

    await cancel(runId);
    await working;

    expect(bench.doorbell.waiting).toEqual([{ runId: next, step: 'query', ring: 1 }]);
  });
});

describe('a file on its way', () => {
  it('is not renamed, and goes from the server, when the cancel comes while it is uploaded', async () => {
    const runId = await readyRun();
    await workUntil('upload');
    const plan = bench.deliveries.plan;
    const deliveries = {
      ...bench.deliveries,
      plan: async (...args: Parameters<typeof plan>) => {
        const planned = await plan(...args);
        await cancel(runId);
        return planned;
      },
    };

    await bench.work({ deliveries, times: { leaseMs: 60_000, heartbeatMs: 60_000 } });

    expect(bench.sftp.log.filter((call) => call.startsWith('rename'))).toEqual([]);
    expect([...bench.sftp.files.keys()]).toEqual([]);
    expect(await bench.runOf(runId)).toMatchObject({ status: 'canceled' });
    expect(await deliveryOf(runId)).toMatchObject({ state: 'canceled' });
  });

  it('is removed by a worker that is called at once, where it was left half uploaded and the run waits', async () => {
    const runId = await readyRun();
    await workUntil('upload');
    bench.sftp.cutAfter(3);
    await bench.work();
    expect(bench.sftp.files.size).toBe(1);

    await cancel(runId);
    expect(await bench.runOf(runId)).toMatchObject({ status: 'running' });
    await bench.db.execute(`update run set updated_at = now() - interval '1 minute' where id = $1`, [runId]);
    await bench.heal();
    await bench.work();

    expect([...bench.sftp.files.keys()]).toEqual([]);
    expect(await bench.runOf(runId)).toMatchObject({ status: 'canceled', rung_at: null });
    expect(await deliveryOf(runId)).toMatchObject({ state: 'canceled' });
  });

  it('is named in the log where the server cannot be reached to remove it; the run ends all the same', async () => {
    const runId = await readyRun();
    await workUntil('upload');
    bench.sftp.cutAfter(3);
    await bench.work();
    bench.sftp.goAway();

    await cancel(runId);
    await bench.db.execute(`update run set updated_at = now() - interval '1 minute' where id = $1`, [runId]);
    await bench.heal();
    await bench.work();

    expect(await bench.runOf(runId)).toMatchObject({ status: 'canceled' });
    const { temporaryName } = (await deliveryOf(runId))!;
    expect(await bench.fileOf(runId, 'log.txt')).toMatch(
      new RegExp(`temporaryFile\\.left .* temporaryName="${temporaryName}"\n.* run\\.canceled`),
    );
  });

  it('is beyond a cancel once its rename was committed, answered or not, and when it is delivered', async () => {
    const runId = await readyRun();
    await workUntil('upload');
    bench.sftp.loseReplyTo('rename');
    await take();
    expect(await deliveryOf(runId)).toMatchObject({ state: 'renaming' });
    await expect(cancel(runId)).rejects.toMatchObject({ code: 'tooLate' });

    await bench.passTime();
    await bench.heal();
    await workUntil('report');
    await expect(cancel(runId)).rejects.toMatchObject({ code: 'tooLate' });
    await bench.work();

    expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded' });
    await expect(cancel(runId)).rejects.toMatchObject({ code: 'runEnded' });
  });

  const heldUpload = async () => {
    const runId = await bench.startRun();
    for (const step of ['query', 'filter', 'export'] as const)
      await bench.runs.finishStep((await bench.runs.claim({ runId, step }, false)) as Claim, {}, []);
    return (await bench.runs.claim({ runId, step: 'upload' }, false)) as Claim;
  };

  const planned = { file: 'contacts_output.csv', remoteName: 'a.csv', sizeBytes: 1, sha256: 'x' } as const;

  it('is either renamed or canceled when both come at once', async () => {
    for (let i = 0; i < 8; i++) {
      const upload = await heldUpload();
      const delivery = await bench.deliveries.plan(upload, planned);

      const both = [bench.deliveries.beginRename(upload, delivery), cancel(upload.runId)];
      const outcomes = (await Promise.allSettled(both)).map(({ status }) => status);

      expect(outcomes.sort()).toEqual(['fulfilled', 'rejected']);
    }
  });

  /** Begins one after the other while the run's row is taken: they get it in that order. */
  const queueUp = async (runId: string, ...works: (() => Promise<void>)[]) => {
    const begun: Promise<void>[] = [];
    await bench.db.transaction(async (tx) => {
      await tx.query('select 1 from run where id = $1 for update', [runId]);
      for (const work of works) {
        begun.push(work());
        const waiting = async () => (await bench.db.query('select 1 from pg_locks where not granted')).length;
        await waitFor(async () => (await waiting()) === begun.length, { what: 'the row lock to be waited for' });
      }
    });
    return Promise.allSettled(begun);
  };

  it('is delivered when the rename is committed a moment before the cancel', async () => {
    const upload = await heldUpload();
    const delivery = await bench.deliveries.plan(upload, planned);

    const [, canceled] = await queueUp(
      upload.runId,
      () => bench.deliveries.beginRename(upload, delivery),
      () => cancel(upload.runId),
    );

    expect(canceled).toMatchObject({ status: 'rejected', reason: { code: 'tooLate' } });
    expect(await deliveryOf(upload.runId)).toMatchObject({ state: 'renaming' });
  });

  it('is not renamed when the cancel is committed a moment before', async () => {
    const upload = await heldUpload();
    const delivery = await bench.deliveries.plan(upload, planned);

    const [, renamed] = await queueUp(
      upload.runId,
      () => cancel(upload.runId),
      () => bench.deliveries.beginRename(upload, delivery),
    );

    expect(renamed).toMatchObject({ status: 'rejected', reason: { name: 'CancelAsked' } });
    expect(await deliveryOf(upload.runId)).toMatchObject({ state: 'planned' });
  });
});

it('cancels no run that has failed: it is over', async () => {
  const runId = await readyRun();
  bench.redash.failures.push(new PermanentFailure('queryGone', 'there is no such query'));
  await bench.work();

  await expect(cancel(runId)).rejects.toMatchObject({ code: 'runEnded' });
});
