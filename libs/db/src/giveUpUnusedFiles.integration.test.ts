import { randomBytes, randomUUID } from 'node:crypto';
import { openSecretBox } from '@muster/core/secretBox';
import { tidyTasks } from '@muster/pipeline/tidyTasks';
import { insertCompany, insertRow } from '@muster/testing/factories';
import { pipelineBench } from '@muster/testing/pipelineBench';
import { taskBench, type TaskBench } from '@muster/testing/taskBench';
import { giveUpUnusedFiles, unusedFiles } from './giveUpUnusedFiles.ts';

let bench: Awaited<ReturnType<typeof pipelineBench>>;
let tasks: TaskBench;
beforeEach(async () => {
  bench = await pipelineBench();
  const box = openSecretBox({ key: randomBytes(32).toString('base64') });
  tasks = await taskBench({ db: bench.db, box, files: bench.store, log: bench.log });
});
afterEach(async () => {
  await tasks.close();
  await bench.close();
});

/** A file that was put so many days ago; gives its key. */
async function putFile(days: number, { folder = 'uploads', companyId = bench.companyId, ...more }: Change = {}) {
  const key = `${companyId}/${folder}/${randomUUID()}/content`;
  bench.store.files.set(key, Buffer.from('id'));
  const createdAt = new Date(Date.now() - days * 24 * 3_600_000);
  await insertRow(bench.db, 'file', { companyId, name: 'x.csv', key, sizeBytes: 2, sha256: 'ab', createdAt, ...more });
  return key;
}
interface Change {
  folder?: string;
  companyId?: string;
  runId?: string;
}

/** What is left in the store and in the list once a worker has tidied, too. */
async function left() {
  await giveUpUnusedFiles(bench.db);
  await tidyTasks(tasks.deps);
  const listed = await bench.db.query<{ key: string }>('select key from file where removed_at is null');
  return { stored: [...bench.store.files.keys()].sort(), listed: listed.map(({ key }) => key).sort() };
}

it('removes what was put and never used once its company has kept it for long enough, and none before', async () => {
  const [young] = [await putFile(29), await putFile(31)];
  expect(await left()).toEqual({ stored: [young], listed: [young] });
  expect(await bench.db.query('select folder from upload')).toEqual([]);
});

it('keeps each company’s for as long as that company says', async () => {
  const companyId = await insertCompany(bench.db, { retentionDays: { files: 60 } });
  const [kept] = [await putFile(40, { companyId }), await putFile(40)];
  expect((await left()).listed).toEqual([kept]);
});

it('leaves to its run what a run has, and to its bulk load what is of one', async () => {
  const kept = [await putFile(31, { runId: await bench.startRun() }), await putFile(31, { folder: 'imports' })];
  expect(await left()).toEqual({ stored: kept.sort(), listed: kept });
});

it('passes by a file that a run is about to be given', async () => {
  const key = await putFile(31);
  await bench.db.transaction(async (tx) => {
    await tx.execute('select from file where key = $1 for update', [key]);
    expect((await left()).listed).toEqual([key]);
  });
  expect((await left()).listed).toEqual([]);
});

it('gives up a hundred at once', async () => {
  await putFile(31);
  await bench.db.execute(
    `insert into file (company_id, name, key, size_bytes, sha256, created_at)
     select company_id, name, 'a/' || n || '/content', 2, 'ab', created_at from file, generate_series(1, 120) n`,
  );
  expect([await giveUpUnusedFiles(bench.db), await giveUpUnusedFiles(bench.db)]).toEqual([100, 21]);
});

it('finds those without a scan', async () => {
  const runId = await bench.startRun();
  await bench.db.execute(
    `insert into file (company_id, run_id, name, key, size_bytes, sha256, created_at)
     select $1, $2, 'x' || n, 'k', 1, 'ab', now() - interval '40 days' from generate_series(1, 20000) n`,
    [bench.companyId, runId],
  );
  await bench.db.execute('analyze file');
  const plan = await bench.db.query<{ 'QUERY PLAN': string }>(`explain ${unusedFiles}`);
  const text = plan.map((line) => line['QUERY PLAN']).join('\n');
  expect(text).toMatch(/Index Scan using file_unused on file/);
});
