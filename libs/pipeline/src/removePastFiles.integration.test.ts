import { once } from 'node:events';
import { TemporaryFailure } from '@muster/core/errors';
import { resolveDelivery } from '@muster/db/resolveDelivery';
import { pastFiles, pastRuns } from '@muster/db/pastFiles';
import { insertCompany, insertExporter, insertRow } from '@muster/testing/factories';
import { pipelineBench } from '@muster/testing/pipelineBench';
import { waitFor } from '@muster/testing/waitFor';
import { type PastFilesDeps, removePastFiles } from './removePastFiles.ts';

type Bench = Awaited<ReturnType<typeof pipelineBench>>;
let bench: Bench;
beforeEach(async () => void (bench = await pipelineBench()));
afterEach(() => bench.close());

const DAYS_KEPT = 30;
const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;

/** A run that went through, with all its files. */
async function endedRun(values: Parameters<Bench['startRun']>[0] = {}) {
  bench.redash.csv = `id\r\n${(await bench.addBorrower()).key}\r\n`;
  const companyId = values.companyId ?? bench.companyId;
  const runId = await bench.startRun({ contactExporterId: await insertExporter(bench.db, { companyId }), ...values });
  await bench.heal();
  await bench.work();
  await bench.db.execute(`delete from task where kind = 'decisions'`); // loaded, by a worker that is not here
  return runId;
}

/** Lets the clock of the database stand so much later for a run: what it remembers moves back. */
const passTime = (runId: string, seconds: number) =>
  bench.db.execute(`update run set finished_at = finished_at - $2 * interval '1 s' where id = $1`, [runId, seconds]);

/** A run that ended a day before all that was kept. */
async function pastRun(values: Parameters<Bench['startRun']>[0] = {}) {
  const runId = await endedRun(values);
  await passTime(runId, (DAYS_KEPT + 1) * DAY_S);
  return runId;
}

const remove = (change: Partial<PastFilesDeps> = {}, stop?: AbortSignal) =>
  removePastFiles({ past: pastFiles(bench.db), store: bench.store, log: bench.log, ...change }, stop);

/** How many files of a run there are: in the store, and in the list of those that are kept. */
async function filesOf(runId: string) {
  const [row] = await bench.db.query<{ listed: number }>(
    'select count(*)::int as listed from file where run_id = $1 and removed_at is null',
    [runId],
  );
  return { stored: [...bench.store.files.keys()].filter((key) => key.includes(runId)).length, ...row };
}
const ALL = { stored: 6, listed: 6 };
const NONE = { stored: 0, listed: 0 };

/** A store that does otherwise for one folder. */
const storeWith = (runId: string, fail: () => Promise<void>) => ({
  removeAll: (prefix: string) => (prefix.includes(runId) ? fail() : bench.store.removeAll(prefix)),
});
const refuse = () => Promise.reject(new TemporaryFailure('fileStoreUnavailable', 'the bucket says no'));

const setDays = (files: number, companyId = bench.companyId) =>
  bench.db.execute('update company set retention_days = $2 where id = $1', [companyId, { files }]);

it('removes all files of a run once its company has kept them for long enough, and none before', async () => {
  const runId = await endedRun();
  await passTime(runId, DAYS_KEPT * DAY_S - HOUR_S);
  await remove();
  expect(await filesOf(runId)).toEqual(ALL);

  await passTime(runId, 2 * HOUR_S);
  await remove();

  expect(await filesOf(runId)).toEqual(NONE);
});

it('keeps each company’s files for as long as that company says', async () => {
  const runId = await endedRun();
  const companyId = await insertCompany(bench.db);
  const other = await endedRun({ companyId });
  for (const id of [runId, other]) await passTime(id, 8 * DAY_S);
  await setDays(7, companyId);
  await remove();
  expect([await filesOf(runId), await filesOf(other)]).toEqual([ALL, NONE]);
});

it('leaves nothing of what lost attempts have written, nor of what came from outside', async () => {
  const runId = await pastRun();
  for (const key of [`${bench.companyId}/${runId}/1-filter-9/matches.csv`, 'CP-A/uploads/put/content'])
    bench.store.files.set(key, Buffer.from('id'));
  const put = { companyId: bench.companyId, runId, name: 'contacts_output.csv', generation: 7, sizeBytes: 2 };
  await insertRow(bench.db, 'file', { ...put, key: 'CP-A/uploads/put/content', sha256: 'ab' });

  await remove();

  expect([...bench.store.files.keys()]).toEqual([]);
});

it('leaves no rows that were handed in instead of a query', async () => {
  const { key } = await bench.addBorrower();
  const runId = await pastRun({ override: [{ borrowerId: Number(key) }] });
  const handed = () => bench.db.query('select part from run_override where run_id = $1', [runId]);
  expect(await handed()).toHaveLength(1);
  await remove();
  expect(await handed()).toEqual([]);
});

it('keeps the run, its counts and its story, which says how many files were removed', async () => {
  const runId = await pastRun();
  const before = await bench.runOf(runId);
  await remove();
  expect(await bench.runOf(runId)).toMatchObject({ status: 'succeeded', counts: before?.counts });
  const story = await bench.runs.events(runId);
  expect(story.length).toBeGreaterThan(5);
  expect(story.at(-1)).toMatchObject({ step: null, event: 'files.removed', details: { files: 6 } });
  const fields = { runs: 1, files: 6 };
  expect(bench.log.lines).toContainEqual({ level: 'info', event: 'files.removed', fields });
});

it('leaves a run alone that is under way again', async () => {
  const runId = await pastRun();
  await bench.db.execute(`update run set status = 'pending' where id = $1`, [runId]);
  await remove();
  expect(await filesOf(runId)).toEqual(ALL);
});

it('keeps the files of a run while nobody knows whether one was delivered, until somebody says so', async () => {
  const runId = await pastRun();
  const campaign = (await bench.db.query<{ campaign_id: string }>('select campaign_id from run'))[0]!.campaign_id;
  await bench.db.execute(`update run set status = 'failed', error_code = 'deliveryUnknown' where id = $1`, [runId]);
  await bench.db.execute(`update delivery set state = 'unknown' where file = 'contacts_output.csv'`);
  await remove();
  expect(await filesOf(runId)).toEqual(ALL);

  const said = { file: 'contacts_output.csv', as: 'notDelivered', note: 'x', byKey: 'k' } as const;
  const company = bench.db.forCompany(bench.companyId);
  await company.transaction((tx) => resolveDelivery(tx, { campaign, runId }, said));
  await remove();

  expect(await filesOf(runId)).toEqual(NONE);
});

it.each(['pending', 'running'])('keeps files from which decisions are still to be loaded: %s', async (status) => {
  const runId = await pastRun();
  const task = { id: 'DL-1', companyId: bench.companyId, kind: 'decisions', status, input: { runId } };
  await insertRow(bench.db, 'task', task);
  await remove();
  expect(await filesOf(runId)).toEqual(ALL);

  await bench.db.execute(`update task set status = 'failed'`);
  await remove();
  expect(await filesOf(runId)).toEqual(NONE);
});

it('removes the others where the store fails for one, and that one the next time', async () => {
  const [bad, good] = [await pastRun(), await pastRun()];
  await remove({ store: storeWith(bad, refuse) });
  expect([await filesOf(bad), await filesOf(good)]).toEqual([ALL, NONE]);
  const fields = { runId: bad, code: 'fileStoreUnavailable' };
  expect(bench.log.lines).toContainEqual({ level: 'warn', event: 'files.notRemoved', fields });

  await bench.db.execute(`update run set files_leaving_at = now() - interval '11 minutes' where id = $1`, [bad]);
  await remove();
  expect(await filesOf(bad)).toEqual(NONE);
});

it('calls nothing removed while the file store is not there, and removes all of it once that is back', async () => {
  const runId = await pastRun();
  bench.store.isAway = true;
  await remove();
  expect(await filesOf(runId)).toEqual(ALL);
  expect(await bench.db.query('select from run where files_removed_at is not null')).toEqual([]);
  const fields = { runId, code: 'fileStoreMissing' };
  expect(bench.log.lines).toContainEqual({ level: 'warn', event: 'files.notRemoved', fields });
  expect(bench.log.lines.filter(({ event }) => event === 'files.removed')).toEqual([]);

  bench.store.isAway = false;
  await bench.db.execute(`update run set files_leaving_at = null`);
  await remove();
  expect(await filesOf(runId)).toEqual(NONE);
});

it('asks first for what it has not tried yet: a hundred that cannot be removed hold up no others', async () => {
  const good = await pastRun();
  await bench.db.execute(
    `insert into run (company_id, campaign_id, trigger, settings, status, finished_at)
     select company_id, campaign_id, trigger, settings, 'failed', finished_at - n * interval '1 min'
     from run, generate_series(1, 100) n`,
  );
  const onlyGood = { removeAll: (prefix: string) => storeOf(good, prefix) };
  await remove({ store: onlyGood });
  expect(await filesOf(good)).toEqual(ALL);
  await remove({ store: onlyGood });
  expect(await filesOf(good)).toEqual(NONE);
});
const storeOf = (runId: string, prefix: string) => (prefix.includes(runId) ? bench.store.removeAll(prefix) : refuse());

it('does not wait for a store that hangs, neither for ever nor when it is to stop', async () => {
  const [bad, good] = [await pastRun(), await pastRun()];
  const silence = new AbortController();
  const hang = async () => {
    await once(silence.signal, 'abort');
  };
  await remove({ store: storeWith(bad, hang), withinMs: 50 });
  expect([await filesOf(bad), await filesOf(good)]).toEqual([ALL, NONE]);

  await bench.db.execute('update run set files_leaving_at = null');
  const stop = new AbortController();
  const stopped = remove({ store: storeWith(bad, hang) }, stop.signal);
  await waitFor(async () => (await bench.db.query('select from run where files_leaving_at is not null')).length === 1);
  stop.abort();
  await stopped;
  silence.abort();
  expect(await filesOf(bad)).toEqual(ALL);
});

it('says that a file is gone only once it is', async () => {
  const runId = await pastRun();
  const seen: unknown[] = [];
  const removeAll = async (prefix: string) => {
    seen.push((await filesOf(runId)).listed);
    await bench.store.removeAll(prefix);
  };
  await remove({ store: { removeAll } });
  expect(seen).toEqual([ALL.listed]);
});

it('lets two schedulers share the work: each run is removed once, and told of once', async () => {
  const runIds = [await pastRun(), await pastRun(), await pastRun()];
  const asked: string[] = [];
  const removeAll = async (prefix: string) => {
    asked.push(prefix);
    await bench.store.removeAll(prefix);
  };
  await Promise.all([remove({ store: { removeAll } }), remove({ store: { removeAll } })]);

  expect(asked.sort()).toEqual(runIds.map((id) => `${bench.companyId}/${id}/`).sort());
  const told = await bench.db.query(`select run_id from run_event where event = 'files.removed'`);
  expect(told).toHaveLength(3);
});

it('is told of once where two have removed the same files', async () => {
  const runId = await pastRun();
  const past = pastFiles(bench.db);
  await past.takeRuns();
  expect([await past.recordRemoved(runId), await past.recordRemoved(runId)]).toEqual([6, 0]);
  expect(await bench.db.query(`select from run_event where event = 'files.removed'`)).toHaveLength(1);
});

it('passes by a run that somebody holds, and takes it the next time', async () => {
  const [held, free] = [await pastRun(), await pastRun()];
  await bench.db.transaction(async (tx) => {
    await tx.execute('select from run where id = $1 for update', [held]);
    await remove();
  });
  expect([await filesOf(held), await filesOf(free)]).toEqual([ALL, NONE]);
  await remove();
  expect(await filesOf(held)).toEqual(NONE);
});

it('goes on until all are gone, a hundred at a time', async () => {
  await pastRun();
  await bench.db.execute(
    `insert into run (company_id, campaign_id, trigger, settings, status, finished_at)
     select company_id, campaign_id, trigger, settings, 'failed', finished_at from run, generate_series(1, 250)`,
  );
  await remove();
  expect(await bench.db.query('select from run where files_removed_at is null')).toEqual([]);
});

it('seals no log for a run whose files are gone', async () => {
  const runId = await pastRun();
  await bench.db.execute(`update run set status = 'failed', log_sealed_at = null where id = $1`, [runId]);
  await remove();
  await bench.heal();
  expect(await filesOf(runId)).toEqual(NONE);
});

it('finds those that are due without a scan, however many are kept or gone', async () => {
  await endedRun();
  await bench.db.execute(
    `insert into run (company_id, campaign_id, trigger, settings, status, finished_at, files_removed_at)
     select company_id, campaign_id, trigger, '{}', 'succeeded', now() - n * interval '1 min',
       case when n > 5000 then now() end
     from run, generate_series(1, 20000) n`,
  );
  await bench.db.execute('analyze run');
  const plan = await bench.db.query<{ 'QUERY PLAN': string }>(`explain ${pastRuns}`);
  const text = plan.map((line) => line['QUERY PLAN']).join('\n');
  expect(text).toMatch(/Index Scan using run_files_kept on run/);
  expect(text).toMatch(/Index Cond: .*finished_at </);
  expect(text).not.toMatch(/Seq Scan on run\b/);
});
