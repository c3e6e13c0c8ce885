import { Writable } from 'node:stream';
import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { CancelAsked } from '@muster/pipeline/cancelAsked';
import { executeStep } from '@muster/pipeline/executeStep';
import { type Claim } from '@muster/pipeline/runs';
import { type StepDeps } from '@muster/pipeline/stepDeps';
import { type ControlBench, controlBench } from '@muster/testing/controlBench';

let bench: ControlBench;
beforeEach(async () => void (bench = await controlBench()));
afterEach(() => bench.close());

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

    await bench.cancel(runId);

    expect(await bench.runOf(runId)).toMatchObject({ status: 'canceled', error_code: null, rung_at: null });
    expect(Object.values(await stepsOf(runId))).toEqual(Array(5).fill('canceled'));
  });

  it('ends at once while it waits for a further try, and frees its place', async () => {
    const { runId } = await bench.readyRun();
    bench.redash.failures.push(new TemporaryFailure('redashUnavailable', 'away'));
    await bench.work();
    expect(await bench.runOf(runId)).toMatchObject({ status: 'running' });

    await bench.cancel(runId);

    expect(await bench.runOf(runId)).toMatchObject({ status: 'canceled', rung_at: null });
  });

  it('ends at once when its worker was lost, whose late words are refused', async () => {
    const { runId } = await bench.readyRun();
    const lost = (await bench.runs.claim({ runId, step: 'query' }, false)) as Claim;
    await bench.loseWorker(runId, 'query');

    await bench.cancel(runId);

    expect(await bench.runOf(runId)).toMatchObject({ status: 'canceled' });
    expect(await bench.runs.renew(lost)).toBe('lost');
    await expect(bench.runs.finishStep(lost, {}, [])).rejects.toThrow('no longer the current one');
  });

  it('gets a log that says so, and no rings any more', async () => {
    const { runId } = await bench.readyRun();
    await bench.cancel(runId);
    await bench.db.execute(`update run set finished_at = now() - interval '1 minute' where id = $1`, [runId]);

    await bench.heal();
    await bench.work();

    expect(await bench.fileOf(runId, 'log.txt')).toMatch(/cancel\.asked\n.*run\.canceled\n$/);
    expect(bench.redash.asked).toBe(0);
  });

  it('is canceled once, however often that is asked', async () => {
    const runId = await bench.startRun();
    await Promise.all([bench.cancel(runId), bench.cancel(runId)]);
    await bench.cancel(runId);

    const asked = await bench.db.query('select by_key from run_action where run_id = $1', [runId]);
    expect(asked).toEqual([{ by_key: 'key1' }]);
  });

  it('gives back what it has reserved', async () => {
    const runId = await bench.startRun();
    const { key } = await bench.addBorrower();
    await bench.reserve(runId, key);

    await bench.cancel(runId);

    expect(await bench.reservationsOf(runId)).toEqual([]);
  });
});

describe('a run that a worker holds', () => {
  it('is left to that worker, who learns it within a heartbeat and ends the run', async () => {
    const { runId } = await bench.readyRun();
    const { source, told } = stuck();
    const times = { leaseMs: 10_000, heartbeatMs: 2_000 }; // as they are by default
    const working = bench.work({ source, times });
    await told.isAsked;

    await bench.cancel(runId);
    expect(await bench.runOf(runId)).toMatchObject({ status: 'running' });
    const askedMs = performance.now();
    await working;

    expect(told.stoppedMs - askedMs).toBeLessThan(2_000);
    expect(await bench.runOf(runId)).toMatchObject({ status: 'canceled', rung_at: null });
    expect(await bench.fileOf(runId, 'log.txt')).toContain('run.canceled');
  });

  it('is stopped where it stands, and be it writing to a store that takes nothing', async () => {
    const { runId } = await bench.readyRun();
    await bench.workUntil('export');
    let begun = () => {};
    const isBegun = new Promise<void>((resolve) => (begun = resolve));
    const stream = new Writable({ write: () => begun() }); // and never says that it has
    const file = {
      stream,
      seal: () => Promise.reject(new Error('broken off')),
      discard: async () => void stream.destroy(),
    };
    const create = async (key: string) => (key.endsWith('contacts_output.csv') ? file : bench.store.create(key));
    const store = Object.assign(Object.create(bench.store) as typeof bench.store, { create });
    const working = take({ store });
    await isBegun;

    await bench.cancel(runId);
    await working;

    expect(await bench.runOf(runId)).toMatchObject({ status: 'canceled' });
  });

  it('never succeeds any more: the checkpoint of its last step is refused', async () => {
    const { runId } = await bench.readyRun();
    await bench.workUntil('report');
    await bench.db.execute(`delete from delivery where run_id = $1`, [runId]); // as if there were nothing to deliver
    const report = (await bench.runs.claim({ runId, step: 'report' }, false)) as Claim;
    await bench.cancel(runId);

    await expect(bench.runs.finishStep(report, {}, [])).rejects.toBeInstanceOf(CancelAsked);

    expect(await bench.runOf(runId)).toMatchObject({ status: 'running' });
  });

  it.each([
    ['may pass', () => new TemporaryFailure('redashUnavailable', 'away', { details: { retryAfterMs: 120_000 } })],
    ['is for good', () => new PermanentFailure('queryGone', 'there is no such query')],
  ])(
    'ends canceled, and waits for nothing, when its step fails before the heartbeat with what %s',
    async (_, failure) => {
      const { runId } = await bench.readyRun();
      const source = {
        fetchRows: async () => {
          await bench.cancel(runId);
          throw failure();
        },
      };

      await bench.work({ source, times: { leaseMs: 60_000, heartbeatMs: 60_000 } });

      expect(await bench.runOf(runId)).toMatchObject({ status: 'canceled', error_code: null });
    },
  );

  it('goes to the next one when its worker dies, who ends it', async () => {
    const { runId } = await bench.readyRun();
    await bench.runs.claim({ runId, step: 'query' }, false);
    await bench.cancel(runId);
    await bench.loseWorker(runId, 'query');

    await bench.work();

    expect(await bench.runOf(runId)).toMatchObject({ status: 'canceled' });
    expect(bench.redash.asked).toBe(0);
  });

  it('frees its place for the next one', async () => {
    const { runId } = await bench.readyRun();
    const { source, told } = stuck();
    const working = take({ source });
    await told.isAsked;
    const next = await bench.startRun();

    await bench.cancel(runId);
    await working;

    expect(bench.doorbell.waiting).toMatchObject([{ runId: next, step: 'query', ring: 1 }]);
  });
});

describe('a file on its way', () => {
  it('is not renamed, and goes from the server, when the cancel comes while it is uploaded', async () => {
    const { runId } = await bench.readyRun();
    await bench.workUntil('upload');
    const plan = bench.deliveries.plan;
    const deliveries = {
      ...bench.deliveries,
      plan: async (...args: Parameters<typeof plan>) => {
        const planned = await plan(...args);
        await bench.cancel(runId);
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
    const { runId } = await bench.readyRun();
    await bench.workUntil('upload');
    bench.sftp.cutAfter(3);
    await bench.work();
    expect(bench.sftp.files.size).toBe(1);

    await bench.cancel(runId);
    expect(await bench.runOf(runId)).toMatchObject({ status: 'running' });
    await bench.db.execute(`update run set updated_at = now() - interval '1 minute' where id = $1`, [runId]);
    await bench.heal();
    await bench.work();

    expect([bench.uploads(), bench.sftp.files.size]).toEqual([1, 0]);
    expect(await bench.runOf(runId)).toMatchObject({ status: 'canceled', rung_at: null });
    expect(await deliveryOf(runId)).toMatchObject({ state: 'canceled' });
  });

  it('is named in the log where the server cannot be reached to remove it; the run ends all the same', async () => {
    const { runId } = await bench.readyRun();
    await bench.workUntil('upload');
    bench.sftp.cutAfter(3);
    await bench.work();
    bench.sftp.goAway();

    await bench.cancel(runId);
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
    const { runId } = await bench.readyRun();
    await bench.workUntil('upload');
    bench.sftp.loseReplyTo('rename');
    await take();
    expect(await deliveryOf(runId)).toMatchObject({ state: 'renaming' });
    const tooLate = (how: string) => ({ code: 'tooLate', message: expect.stringMatching(how) as string });
    const where = '_contacts.csv, .*to sftp.example.com, where its login leads: .*ask whoever reads that directory';
    await expect(bench.cancel(runId)).rejects.toMatchObject(tooLate(`may be delivered .*${where}`));

    await bench.passTime();
    await bench.heal();
    await bench.workUntil('report');
    await expect(bench.cancel(runId)).rejects.toMatchObject(tooLate(`is delivered .*${where}`));
    await bench.work();

    expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded' });
    await expect(bench.cancel(runId)).rejects.toMatchObject({ code: 'runEnded' });
  });
});

it('cancels no run that has failed: it is over', async () => {
  const { runId } = await bench.readyRun();
  bench.redash.failures.push(new PermanentFailure('queryGone', 'there is no such query'));
  await bench.work();

  await expect(bench.cancel(runId)).rejects.toMatchObject({ code: 'runEnded' });
});
