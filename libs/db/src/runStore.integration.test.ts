import { NotReady } from '@muster/core/errors';
import { LeaseLost } from '@muster/pipeline/leaseLost';
import { type StepName } from '@muster/pipeline/run';
import { type Claim } from '@muster/pipeline/runs';
import { runBench } from '@muster/testing/runBench';
import { waitFor } from '@muster/testing/waitFor';
import { closeRun } from './endRun.ts';
import { places } from './places.ts';

let bench: Awaited<ReturnType<typeof runBench>>;
beforeAll(async () => void (bench = await runBench({ placesPerCompany: 1000 })));
afterAll(() => bench.close());

const claim = async (runId: string, step: StepName = 'query') => {
  const claimed = await bench.runs.claim({ runId, step }, false);
  expect(claimed).toMatchObject({ runId, step });
  return claimed as Claim;
};
const stepOf = async (runId: string, name: StepName) => {
  const [row] = await bench.db.query('select * from run_step where run_id = $1 and name = $2', [runId, name]);
  return row;
};
const runOf = async (id: string) => (await bench.db.query('select * from run where id = $1', [id]))[0];

describe('claiming a step', () => {
  it('gives it to one of many that ask at once, and tells the others to come later', async () => {
    const runId = await bench.startRun();

    const asked = await Promise.allSettled(
      Array.from({ length: 8 }, () => bench.runs.claim({ runId, step: 'query' }, false)),
    );

    const refusals = asked
      .filter(({ status }) => status === 'rejected')
      .map((one) => (one as PromiseRejectedResult).reason as unknown);
    expect(refusals).toHaveLength(7);
    expect(refusals.every((refusal) => refusal instanceof NotReady)).toBe(true);
    expect(await stepOf(runId, 'query')).toMatchObject({ attempt: 1, crashes: 0 });
  });

  it('gives nothing for a step whose turn has not come, that is done, or whose run has ended', async () => {
    const runId = await bench.startRun();

    expect(await bench.runs.claim({ runId, step: 'filter' }, false)).toBeUndefined();
    const query = await claim(runId);
    await bench.runs.finishStep(query, {}, []);
    expect(await bench.runs.claim({ runId, step: 'query' }, false)).toBeUndefined();
    await bench.runs.endRun(await claim(runId, 'filter'), 'failed', { code: 'x', message: 'X' });
    expect(await bench.runs.claim({ runId, step: 'filter' }, false)).toBeUndefined();
  });

  it('gives a lost worker\u2019s step to the next one, and counts the crash', async () => {
    const runId = await bench.startRun();
    await claim(runId);
    await bench.loseWorker(runId, 'query');

    expect(await claim(runId)).toMatchObject({ attempt: 2 });
    expect(await stepOf(runId, 'query')).toMatchObject({ crashes: 1 });
  });

  it('asks for a process of its own after two crashes, and parks the run at the third', async () => {
    const runId = await bench.startRun();
    for (let crash = 1; crash <= 2; crash++) {
      await claim(runId);
      await bench.loseWorker(runId, 'query');
    }

    expect(await bench.runs.claim({ runId, step: 'query' }, false)).toMatchObject({ because: 'isolate' });
    expect(await bench.runs.claim({ runId, step: 'query' }, true)).toMatchObject({ attempt: 3 });
    await bench.loseWorker(runId, 'query');
    expect(await bench.runs.claim({ runId, step: 'query' }, true)).toMatchObject({ because: 'parked' });
    expect(await bench.runs.claim({ runId, step: 'query' }, true)).toBeUndefined(); // told once

    expect(await runOf(runId)).toMatchObject({
      status: 'failed',
      error_code: 'parked',
      error_step: 'query',
      rung_at: null,
    });
  });

  it('parks no run at a step that another worker has taken meanwhile', async () => {
    const held = await claim(await bench.startRun());

    await closeRun(bench.db, held, { status: 'failed', error: { code: 'parked', message: 'looked at before' } });

    expect(await runOf(held.runId)).toMatchObject({ status: 'running', error_code: null });
    expect(await bench.runs.renew(held)).toBe('held');
  });

  it('ends a run that is to be canceled instead of working on it', async () => {
    const runId = await bench.startRun();
    await bench.db.execute('update run set cancel_asked_at = now() where id = $1', [runId]);

    const claims = [1, 2].map(() => bench.runs.claim({ runId, step: 'query' }, false));
    const [told, more] = (await Promise.all(claims)).sort((a) => (a ? -1 : 1));
    expect([told, more]).toMatchObject([{ because: 'canceled', lost: null }, undefined] as object);
    expect(await runOf(runId)).toMatchObject({ status: 'canceled' });
  });
});

describe('the fence', () => {
  const superseded = async () => {
    const runId = await bench.startRun();
    const old = await claim(runId);
    await bench.loseWorker(runId, 'query');
    await claim(runId);
    return old;
  };

  it.each<[string, (old: Claim) => Promise<unknown>]>([
    ['a checkpoint', (old) => bench.runs.finishStep(old, { rowsOut: 1 }, [])],
    ['a failure', (old) => bench.runs.endRun(old, 'failed', { code: 'late', message: 'late' })],
    ['a postponement', (old) => bench.runs.postponeStep(old, { delayMs: 1, givePlaceBack: false })],
    ['a hand-over', (old) => bench.runs.release(old)],
  ])('refuses %s by an attempt that is not the current one, and changes nothing', async (_, write) => {
    const old = await superseded();
    const before = [await stepOf(old.runId, 'query'), await runOf(old.runId)];

    await expect(write(old)).rejects.toBeInstanceOf(LeaseLost);

    expect([await stepOf(old.runId, 'query'), await runOf(old.runId)]).toEqual(before);
  });

  it('tells a superseded holder at its heartbeat, who takes the crash back that was none', async () => {
    const old = await superseded();

    expect(await bench.runs.renew(old)).toBe('lost');
    await bench.runs.takeCrashBack(old);

    expect(await stepOf(old.runId, 'query')).toMatchObject({ crashes: 0, attempt: 2 });
  });

  it('lets a holder renew a lease that expired and that nobody took', async () => {
    const query = await claim(await bench.startRun());
    await bench.loseWorker(query.runId, 'query');

    expect(await bench.runs.renew(query)).toBe('held');
    await expect(bench.runs.claim(query, false)).rejects.toBeInstanceOf(NotReady);
  });

  it('lets no heartbeat bring back a lease that was handed over', async () => {
    const query = await claim(await bench.startRun());
    await bench.runs.release(query);

    expect(await bench.runs.renew(query)).toBe('lost');
    expect(await stepOf(query.runId, 'query')).toMatchObject({ lease_until: null, crashes: 0 });
  });

  it('brings a cancel with the heartbeat', async () => {
    const query = await claim(await bench.startRun());
    await bench.db.execute('update run set cancel_asked_at = now() where id = $1', [query.runId]);

    expect(await bench.runs.renew(query)).toBe('cancelAsked');
  });
});

describe('a checkpoint', () => {
  it('is committed with the request for the next step, and the last one with the end of the run', async () => {
    const runId = await bench.startRun({ withExporter: false });
    const file = { name: 'query_results.csv', key: `k/${runId}`, sizeBytes: 3, sha256: 'ab' } as const;
    const wentOn = { invalid: 1, duplicate: 0, unknownBorrower: 0, goOn: 6 };

    const { next } = await bench.runs.finishStep(await claim(runId), { rowsOut: 7, counts: { queried: 7 } }, [file]);
    expect(next).toMatchObject({ runId, step: 'filter', ring: 1 });
    await bench.runs.finishStep(await claim(runId, 'filter'), { counts: wentOn, notes: { a: 1 } }, []);
    const end = await bench.runs.finishStep(await claim(runId, 'report'), {}, []);

    expect(end).toEqual({ next: undefined });
    expect(await runOf(runId)).toMatchObject({ status: 'succeeded', counts: { queried: 7, ...wentOn }, rung_at: null });
    expect(await bench.runs.notesOf(runId, 'filter')).toEqual({ a: 1 });
  });

  it('counts failures and since when, and comes back only when its time has come', async () => {
    const query = await claim(await bench.startRun());
    const error = { code: 'redashUnavailable', message: 'away' };
    await bench.runs.postponeStep(query, { delayMs: 30_000, error, givePlaceBack: false });

    await expect(bench.runs.claim(query, false)).rejects.toMatchObject({ retryAfterMs: expect.any(Number) as number });
    await bench.db.execute('update run_step set not_before = now() where run_id = $1', [query.runId]);
    const again = await claim(query.runId);

    expect(again).toMatchObject({ attempt: 2, failures: 1 });
    expect(again.failingForMs).toBeGreaterThanOrEqual(0);
    expect(await stepOf(query.runId, 'query')).toMatchObject({ crashes: 0, message: 'away' });
  });

  it('leaves a file that was being renamed in doubt when the run fails', async () => {
    const runId = await bench.startRun();
    for (const step of ['query', 'filter', 'export'] as const)
      await bench.runs.finishStep(await claim(runId, step), {}, []);
    const upload = await claim(runId, 'upload');
    const planned = { file: 'contacts_output.csv', remoteName: 'a.csv', sizeBytes: 1, sha256: 'x' } as const;
    await bench.deliveries.beginRename(upload, await bench.deliveries.plan(upload, planned));

    await bench.runs.endRun(upload, 'failed', { code: 'sftpUnreachable', message: 'away' });

    expect(await bench.deliveries.last(runId, 'contacts_output.csv')).toMatchObject({ state: 'unknown', try: 1 });
    expect(await runOf(runId)).toMatchObject({ status: 'failed', error_code: 'deliveryUnknown' });
  });
});

describe('places', () => {
  it('are granted oldest first, so many per company, and filled again when a run ends', async () => {
    const small = await runBench({ placesPerCompany: 2 });
    try {
      const ids = [await small.startRun(), await small.startRun(), await small.startRun()];

      const [rings, none] = await Promise.all([small.places.fill(small.companyId), small.places.fill(small.companyId)]);
      expect([...rings, ...none].map(({ runId }) => runId).sort()).toEqual(ids.slice(0, 2).sort());

      const first = await small.runs.claim({ runId: ids[0]!, step: 'query' }, false);
      await small.runs.endRun(first as Claim, 'failed', null);
      expect(await small.places.fill(small.companyId)).toMatchObject([{ runId: ids[2], step: 'query', ring: 1 }]);
    } finally {
      await small.close();
    }
  });

  it('are never more than there are, though a run becomes free to go while another one gets the last', async () => {
    const small = await runBench({ placesPerCompany: 1 });
    try {
      const [older] = [await small.startRun(), await small.startRun()];
      await small.db.execute(`update run set not_before = 'infinity' where id = $1`, [older]);
      let second: Promise<unknown[]> | undefined;
      const first = await small.db.transaction(async (tx) => {
        const granted = await places(tx, { placesPerCompany: 1, quietMs: 0 }).fill(small.companyId);
        await small.db.execute('update run set not_before = null where id = $1', [older]);
        second = small.places.fill(small.companyId);
        const waits = async () =>
          (await tx.query(`select 1 from pg_locks where locktype = 'advisory' and not granted`)).length > 0;
        await Promise.race([second, waitFor(waits, { what: 'the second to wait for the first' })]);
        return granted;
      });

      expect([first.length, await second]).toEqual([1, []]);
    } finally {
      await small.close();
    }
  });

  it('tell of runs that nobody works on, and raise the ring of each only once', async () => {
    const runId = await bench.startRun();
    await bench.places.fill(bench.companyId);
    const mine = async () => (await bench.places.quietRings()).filter((ring) => ring.runId === runId);

    const lost = await mine();
    expect(lost).toEqual([{ runId, step: 'query', ring: 1 }]);
    const [once, twice] = [await bench.places.ringAgain(lost), await bench.places.ringAgain(lost)];
    expect([once, twice]).toMatchObject([[{ runId, step: 'query', ring: 2 }], []]);
    await claim(runId);
    expect(await mine()).toEqual([]);
  });
});

it('gives two runs that want one name on one server two temporary names', async () => {
  const temporaryNames = [];
  for (let i = 0; i < 2; i++) {
    const runId = await bench.startRun();
    for (const step of ['query', 'filter', 'export'] as const)
      await bench.runs.finishStep(await claim(runId, step), {}, []);
    const planned = { file: 'contacts_output.csv', remoteName: 'same.csv', sizeBytes: 1, sha256: 'x' } as const;
    temporaryNames.push((await bench.deliveries.plan(await claim(runId, 'upload'), planned)).temporaryName);
  }

  expect(new Set(temporaryNames).size).toBe(2);
});
