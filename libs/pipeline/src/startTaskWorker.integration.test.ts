import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { openSecretBox } from '@muster/core/secretBox';
import { insertCompany, insertRow } from '@muster/testing/factories';
import { pipelineBench } from '@muster/testing/pipelineBench';
import { taskBench, type TaskBench } from '@muster/testing/taskBench';
import { waitFor } from '@muster/testing/waitFor';

const NEVER_MS = 1_000_000;
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

const ask = (id: string, companyId: string) =>
  insertRow(bench.db, 'task', { id, companyId, kind: 'import', input: {} });
const ring = (id: string) => tasks.bell.ringTask('imports', id);
const namesOf = (company: string, count: number) => Array.from({ length: count }, (_, i) => `IM-${company}${10 + i}`);

/** A worker of one lane that looks for nothing by itself, and whose tasks wait until they are let go; gives what it began. */
async function oneLane() {
  const begun: string[] = [];
  const opening = new AbortController();
  const gate = once(opening.signal, 'abort');
  const work = async ({ taskId }: { taskId: string }) => {
    begun.push(taskId);
    await gate;
    return {};
  };
  await tasks.startWorker({
    ...{ queue: 'imports', concurrency: 1, sweepEveryMs: NEVER_MS },
    change: (deps) => ({ ...deps, works: { ...deps.works, import: { work } } }),
  });
  return { begun, letGo: () => opening.abort() };
}

it('takes companies in turn, whoever rang first: twenty bulk loads of one hold up nobody else', async () => {
  const { begun, letGo } = await oneLane();
  const [many, one] = [namesOf('A', 20), namesOf('B', 1)];
  const other = await insertCompany(bench.db);
  for (const id of many) await ask(id, bench.companyId);
  for (const id of one) await ask(id, other);
  for (const id of [...many, ...one]) await ring(id);
  letGo();
  await waitFor(() => begun.length === 21);

  expect(begun.slice(0, 3)).toContain(one[0]);
  expect([...begun].sort()).toEqual([...many, ...one]); // and each company's in their order
  expect(begun.filter((id) => id !== one[0])).toEqual(many);
});

it('does all that it was rung for while it was busy, once, and nothing that is canceled or put off', async () => {
  const { begun, letGo } = await oneLane();
  const ids = namesOf('A', 5);
  for (const id of ids) await ask(id, bench.companyId);
  await bench.db.execute('update task set cancel_asked_at = now() where id = $1', [ids[1]]);
  await bench.db.execute(`update task set not_before = now() + interval '1 hour' where id = $1`, [ids[2]]);
  for (const id of [...ids, ...ids]) await ring(id);
  letGo();
  await waitFor(async () => (await bench.db.query(`select 1 from task where status = 'succeeded'`)).length === 3);

  expect(begun).toEqual([ids[0], ids[3], ids[4]]);
});
