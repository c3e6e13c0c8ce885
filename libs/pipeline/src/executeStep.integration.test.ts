import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { pipelineBench } from '@muster/testing/pipelineBench';
import { executeStep } from './executeStep.ts';

type Bench = Awaited<ReturnType<typeof pipelineBench>>;
let bench: Bench;
beforeEach(async () => void (bench = await pipelineBench()));
afterEach(() => bench.close());

const unavailable = () => new TemporaryFailure('redashUnavailable', 'Redash is away');

/** A run whose query gives two borrowers with a phone each; rung for, not yet begun. */
async function readyRun() {
  const people = [await bench.addBorrower(), await bench.addBorrower()];
  bench.redash.csv = `id\r\n${people.map(({ key }) => `${key}\r\n`).join('')}`;
  const runId = await bench.startRun();
  for (const ring of await bench.places.fill(bench.companyId)) await bench.doorbell.ring(ring);
  return { runId, people };
}

it('takes a run through all its steps, and drops the contacts, whole, on the SFTP server', async () => {
  const { runId, people } = await readyRun();

  await bench.work();

  expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded', rung_at: null, error_code: null });
  const [contacts] = [...bench.sftp.files].find(([name]) => name.endsWith('_contacts.csv')) ?? [];
  const csv = ['person.displayId,contact.value', ...people.map(({ key }) => `${key},+14155550101`)].join('\r\n');
  expect(bench.sftp.files.get(contacts ?? '')?.toString()).toBe(`${csv}\r\n`);
  expect(await bench.fileOf(runId, 'contacts_output.csv')).toBe(`${csv}\r\n`);
  expect([...bench.sftp.files.keys()].filter((name) => name.endsWith('_log.txt'))).toHaveLength(1);
});

it('resumes at the step that failed, and never repeats a finished one', async () => {
  const { runId } = await readyRun();
  bench.sftp.goAway();
  await bench.work();
  expect(await bench.runOf(runId)).toMatchObject({ status: 'running' });

  bench.sftp.allow('connect');
  await bench.passTime();
  await bench.heal();
  await bench.work();

  expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded' });
  expect(bench.redash.asked).toBe(1);
});

it('tries again what may pass, and fails with its sentence when that takes too long', async () => {
  const { runId } = await readyRun();
  bench.redash.failures.push(unavailable(), unavailable());
  await bench.work();
  await bench.passTime();
  await bench.heal();

  await bench.work({ retries: { ...bench.deps.retries, query: 0 } });

  const error = { error_step: 'query', error_code: 'redashUnavailable', error_message: 'Redash is away' };
  expect(await bench.runOf(runId)).toMatchObject({ status: 'failed', ...error, rung_at: null });
  expect(bench.redash.asked).toBe(2);
});

it('waits while the file store is not there, and goes on once it is back', async () => {
  const { runId } = await readyRun();
  bench.store.isAway = true;
  await bench.work();
  await bench.passTime();
  await bench.heal();
  await bench.work();
  expect(await bench.runOf(runId)).toMatchObject({ status: 'running', error_code: null });
  const [step] = await bench.db.query(`select message from run_step where run_id = $1 and name = 'query'`, [runId]);
  expect(step).toEqual({ message: 'the file store is not there' });

  bench.store.isAway = false;
  await bench.passTime();
  await bench.heal();
  await bench.work();
  expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded' });
});

it('waits as long as a server asks it to, and gives its place back for a long wait', async () => {
  const { runId } = await readyRun();
  bench.redash.failures.push(new TemporaryFailure('redashUnavailable', 'busy', { details: { retryAfterMs: 120_000 } }));

  await bench.work();

  const [step] = await bench.db.query<{ wait_s: number }>(
    `select extract(epoch from not_before - clock_timestamp())::int as wait_s from run_step where run_id = $1 and name = 'query'`,
    [runId],
  );
  expect(step?.wait_s).toBeGreaterThan(100);
  expect(await bench.runOf(runId)).toMatchObject({ status: 'running', rung_at: null });
});

it('gives an address that nobody knows a few tries only, so that the campaign can be mended and started again', async () => {
  const { runId } = await readyRun();
  const unknown = () => new TemporaryFailure('redashUnavailable', 'no such name', { details: { code: 'ENOTFOUND' } });
  bench.redash.failures.push(...Array.from({ length: 20 }, unknown));

  for (let i = 0; i < 8; i++) {
    await bench.work();
    await bench.passTime();
    await bench.heal();
  }

  expect(await bench.runOf(runId)).toMatchObject({ status: 'failed', error_code: 'redashUnavailable' });
  expect(bench.redash.asked).toBe(6);
});

it('fails at once what trying again cannot help, and seals the log that says so', async () => {
  const { runId } = await readyRun();
  bench.redash.failures.push(new PermanentFailure('redashKeyRefused', 'the key was refused: set redashApiKey'));

  await bench.work();

  expect(await bench.runOf(runId)).toMatchObject({ status: 'failed', error_code: 'redashKeyRefused' });
  expect(await bench.fileOf(runId, 'log.txt')).toContain('run.failed  code="redashKeyRefused"');
});

it('tells nothing of an error that is not ours but its code: it may quote data', async () => {
  const { runId } = await readyRun();
  bench.redash.failures.push(Object.assign(new Error('duplicate key: +14155550101'), { code: '23505' }));

  await bench.work({ retries: { ...bench.deps.retries, query: 0 } });

  const run = await bench.runOf(runId);
  expect(run).toMatchObject({ status: 'failed', error_code: 'unexpected' });
  expect(run?.error_message).not.toContain('4155');
});

it('loses no run when the queue was away or flushed: the healer rings again', async () => {
  const { runId } = await readyRun();
  bench.doorbell.flush();
  bench.doorbell.isAway = true;
  await bench.heal();
  bench.doorbell.isAway = false;

  await bench.heal();
  expect(bench.doorbell.waiting).toHaveLength(1);
  await bench.heal(); // what waits is not rung for twice
  expect(bench.doorbell.waiting).toHaveLength(1);
  await bench.work();

  expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded' });
});

it('gives a run its log that ended without one: parked, or its worker died right after the end', async () => {
  const { runId } = await readyRun();
  for (let crash = 0; crash < 3; crash++) {
    await bench.runs.claim({ runId, step: 'query' }, true);
    await bench.loseWorker(runId, 'query');
  }
  await bench.runs.claim({ runId, step: 'query' }, true); // parks it
  await bench.db.execute(`update run set finished_at = now() - interval '1 minute' where id = $1`, [runId]);

  await bench.heal();

  expect(await bench.runOf(runId)).toMatchObject({ status: 'failed', error_code: 'parked' });
  expect(await bench.fileOf(runId, 'log.txt')).toContain('run.failed  code="parked"');
});

it('goes on with the artefacts of finished steps after a crash, with the same bytes', async () => {
  const { runId } = await readyRun();
  const first = bench.doorbell.take();
  await executeStep(first!, bench.deps, new AbortController().signal);
  await bench.runs.claim({ runId, step: 'filter' }, false); // … by a worker that dies
  await bench.loseWorker(runId, 'filter');
  bench.redash.csv = 'id\r\n'; // what Redash would answer now

  await bench.work();

  expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded', counts: { queried: 2, exported: 2 } });
});

it('gives its step back, uncounted, when the worker must stop', async () => {
  const { runId } = await readyRun();
  const stop = new AbortController();
  const source = {
    fetchRows: (_: unknown, __: unknown, signal: AbortSignal) =>
      new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')));
        stop.abort();
      }),
  };

  await executeStep({ runId, step: 'query' }, { ...bench.deps, source }, stop.signal);

  const [step] = await bench.db.query('select * from run_step where run_id = $1 and name = $2', [runId, 'query']);
  expect(step).toMatchObject({ status: 'pending', lease_until: null, failures: 0, crashes: 0 });
  bench.doorbell.take(); // the old ring
  await bench.work();
  expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded' });
});

it('stops a step within a heartbeat of being canceled, and ends the run so', async () => {
  const { runId } = await readyRun();
  const source = {
    fetchRows: async (_: unknown, __: unknown, signal: AbortSignal) => {
      await bench.db.execute('update run set cancel_asked_at = now() where id = $1', [runId]);
      return new Promise<never>((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('aborted'))),
      );
    },
  };

  await bench.work({ source });

  expect(await bench.runOf(runId)).toMatchObject({ status: 'canceled', error_code: null });
});

it('writes nothing, and leaves, when another attempt has taken its step', async () => {
  const { runId } = await readyRun();
  const source = {
    fetchRows: async (_: unknown, __: unknown, signal: AbortSignal) => {
      await bench.loseWorker(runId, 'query');
      await bench.runs.claim({ runId, step: 'query' }, false);
      return new Promise<never>((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('aborted'))),
      );
    },
  };

  await executeStep({ runId, step: 'query' }, { ...bench.deps, source }, new AbortController().signal);

  const [step] = await bench.db.query('select * from run_step where run_id = $1 and name = $2', [runId, 'query']);
  expect(step).toMatchObject({ status: 'running', attempt: 2, crashes: 0, failures: 0 });
  expect(await bench.runOf(runId)).toMatchObject({ status: 'running' });
});

it('takes its crash back, too, when it learns only from recording a failure that another attempt has its step', async () => {
  const { runId } = await readyRun();
  const source = {
    fetchRows: async () => {
      await bench.loseWorker(runId, 'query');
      await bench.runs.claim({ runId, step: 'query' }, false);
      throw unavailable();
    },
  };
  const quiet = { leaseMs: 60_000, heartbeatMs: 60_000 };

  await executeStep({ runId, step: 'query' }, { ...bench.deps, source, times: quiet }, new AbortController().signal);

  const [step] = await bench.db.query('select * from run_step where run_id = $1 and name = $2', [runId, 'query']);
  expect(step).toMatchObject({ status: 'running', attempt: 2, crashes: 0, failures: 0 });
});

it('logs of a worker that was lost which attempt it held, once another one goes on', async () => {
  const { runId } = await readyRun();
  await bench.runs.claim({ runId, step: 'query' }, false);
  await bench.loseWorker(runId, 'query');

  await bench.work();

  const lost = bench.log.lines.filter(({ event }) => event === 'step.lost');
  expect(lost).toMatchObject([
    { level: 'warn', fields: { runId, step: 'query', attempt: 1, heldBy: 'host-1, pid 11' } },
  ]);
  expect(await bench.fileOf(runId, 'log.txt')).toContain('step.lost  attempt=1  message="its worker died');
});

it('takes the rows that a caller handed in, and asks no query', async () => {
  const { key } = await bench.addBorrower();
  const runId = await bench.startRun({
    override: [{ borrowerId: Number(key) }, { borrowerId: Number(key), note: 'a "b"' }],
  });
  for (const ring of await bench.places.fill(bench.companyId)) await bench.doorbell.ring(ring);

  await bench.work();

  expect(await bench.runOf(runId)).toMatchObject({
    status: 'succeeded',
    counts: { queried: 2, duplicate: 1, exported: 1 },
  });
  expect([await bench.fileOf(runId, 'query_results.csv'), bench.redash.asked]).toEqual([
    `borrowerId,note\r\n${key},\r\n${key},"a ""b"""\r\n`,
    0,
  ]);
});

it('rebuilds the matches from their sealed file where PostgreSQL has emptied the cache', async () => {
  const { runId } = await readyRun();
  for (const _step of ['query', 'filter'])
    await executeStep(bench.doorbell.take()!, bench.deps, new AbortController().signal);
  await bench.deps.audience.drop(runId);

  await bench.work();

  expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded', counts: { exported: 2 } });
  expect((await bench.runs.events(runId)).map(({ event }) => event)).toContain('cache.restored');
});

it('says aloud that contacts are not screened', async () => {
  const { runId } = await readyRun();

  await bench.work();

  expect(await bench.runOf(runId)).toMatchObject({ screened: false });
  expect(await bench.fileOf(runId, 'log.txt')).toContain('screening.off');
});

it('keeps a run succeeded, with a warning, when only its log cannot be delivered', async () => {
  const { runId } = await readyRun();
  while (bench.doorbell.waiting[0]?.step !== 'report')
    await executeStep(bench.doorbell.take()!, bench.deps, new AbortController().signal);
  bench.sftp.refuse('upload');

  await bench.work();

  expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded' });
  expect((await bench.runs.events(runId)).map(({ event }) => event)).toContain('log.notDelivered');
});
