import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { type ControlBench, controlBench } from '@muster/testing/controlBench';
import { executeStep } from './executeStep.ts';

let bench: ControlBench;
beforeEach(async () => void (bench = await controlBench()));
afterEach(() => bench.close());

it('waits with what it has to record while PostgreSQL is away: a failure is no crash', async () => {
  const { runId } = await bench.readyRun();
  bench.redash.failures.push(new TemporaryFailure('redashUnavailable', 'Redash is away'));
  let outages = 1;
  const postponeStep: typeof bench.runs.postponeStep = async (...given) => {
    if (outages-- > 0) throw new TemporaryFailure('databaseUnavailable', 'PostgreSQL is away');
    return bench.runs.postponeStep(...given);
  };

  await bench.work({ runs: { ...bench.runs, postponeStep } });

  const [query] = await bench.db.query('select * from run_step where run_id = $1 and name = $2', [runId, 'query']);
  expect(query).toMatchObject({ status: 'pending', failures: 1, crashes: 0, lease_until: null });
});

/** When the first step of a run gives up, in milliseconds after its first failure, and at which failure at the latest. */
const givingUp = async (runId: string) =>
  (
    await bench.db.query(
      `select (extract(epoch from gives_up_at - first_failed_at) * 1000)::float8 as "afterMs", most_failures as "atFailure"
       from run_step where run_id = $1 and name = 'query'`,
      [runId],
    )
  )[0];

it('writes down with each failure when the step gives up, and forgets it with a retry', async () => {
  const { runId } = await bench.readyRun();
  const details = { code: 'ENOTFOUND' };
  bench.redash.failures.push(
    new TemporaryFailure('redashUnavailable', 'Redash is away'),
    new TemporaryFailure('redashUnavailable', 'nobody knows its name', { details }),
    new PermanentFailure('redashRefused', 'no'),
  );
  const afterMs = bench.deps.retries.query;

  await bench.work();
  expect(await givingUp(runId)).toEqual({ afterMs, atFailure: null });
  await bench.passTime();
  await bench.heal();
  await bench.work();
  expect(await givingUp(runId)).toEqual({ afterMs, atFailure: 6 });
  await bench.passTime();
  await bench.heal();
  await bench.work();
  await bench.retry(runId);
  expect(await givingUp(runId)).toEqual({ afterMs: null, atFailure: null });
});

it('keeps no worker that must stop waiting for PostgreSQL', async () => {
  await bench.readyRun();
  const away = () => Promise.reject(new TemporaryFailure('databaseUnavailable', 'PostgreSQL is away'));
  const deps = { ...bench.deps, runs: { ...bench.runs, release: away } };

  const stopped = executeStep(bench.doorbell.take()!, deps, AbortSignal.abort());

  await expect(stopped).rejects.toMatchObject({ code: 'databaseUnavailable' });
});
