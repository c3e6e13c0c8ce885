import { randomBytes } from 'node:crypto';
import { openSecretBox } from '@muster/core/secretBox';
import { insertRow } from '@muster/testing/factories';
import { pipelineBench } from '@muster/testing/pipelineBench';
import { taskBench, type TaskBench } from '@muster/testing/taskBench';
import { tidyTasks } from './tidyTasks.ts';

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

/** A preview that ended two hours ago, and whose worker died before it dropped its table. */
async function oldPreview(id: string) {
  const finishedAt = new Date(Date.now() - 7_200_000);
  const ended = { companyId: bench.companyId, kind: 'preview', status: 'succeeded', input: {}, finishedAt };
  await insertRow(bench.db, 'task', { id, ...ended });
  await bench.db.execute(`create table scratch."${id}_1_source" (line int)`);
}

const left = async () => ({
  tasks: (await bench.db.query<{ id: string }>('select id from task order by id')).map(({ id }) => id),
  tables: (await tasks.scratchTables()).length,
});

it('drops the tables of an old preview that could not be dropped the last time; that one holds up no other', async () => {
  for (const id of ['PV-1', 'PV-2']) await oldPreview(id);
  bench.store.files.set('lost/1/rows.csv', Buffer.from('id'));
  await bench.db.execute(`insert into upload values ('lost/1/', $1, now() - interval '25 hours')`, [bench.companyId]);
  let refused = '';
  const drop = (id: string) => {
    if (refused) return tasks.deps.audience.drop(id);
    refused = id;
    return Promise.reject(new Error('the table is locked'));
  };
  const tidy = () => tidyTasks({ ...tasks.deps, audience: { drop } });

  await tidy();
  expect(await left()).toEqual({ tasks: [refused], tables: 1 });
  expect(bench.store.files.size).toBe(0);
  await tidy();
  expect(await left()).toEqual({ tasks: [], tables: 0 });
});
