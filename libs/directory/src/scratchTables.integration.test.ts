import { runBench } from '@muster/testing/runBench';
import { waitFor } from '@muster/testing/waitFor';
import { audience } from './audience.ts';

let bench: Awaited<ReturnType<typeof runBench>>;
beforeAll(async () => void (bench = await runBench()));
afterAll(() => bench.close());

it('drops the tables of runs that have ended for a while, and of no others', async () => {
  const [ended, justEnded, open] = [await bench.startRun(), await bench.startRun(), await bench.startRun()];
  const end = (id: string, ago: string) =>
    bench.db.execute(`update run set status = 'failed', finished_at = now() - $2::interval where id = $1`, [id, ago]);
  await end(ended, '2 minutes');
  await end(justEnded, '1 second'); // its worker may still be at it
  for (const table of [`${ended}_1_source`, `${ended}_2_matched`, `${justEnded}_1_source`, `${open}_1_source`])
    await bench.db.execute(`create unlogged table scratch."${table}" (line int)`);

  expect(await audience(bench.db).dropEnded()).toBe(1);

  const left = await bench.db.query(`select tablename from pg_tables where schemaname = 'scratch' order by tablename`);
  expect(left).toEqual([justEnded, open].sort().map((id) => ({ tablename: `${id}_1_source` })));
});

it('drops the tables of runs that have just succeeded together, whatever others there are', async () => {
  const ids = [await bench.startRun(), await bench.startRun(), await bench.startRun()];
  const tables = ids.flatMap((id) => [`${id}_1_source`, `${id}_2_matched`]);
  for (const table of tables) await bench.db.execute(`create unlogged table scratch."${table}" (line int)`);
  const [first = '', second = '', open = ''] = ids;
  const { dropSoon } = audience(bench.db);

  dropSoon(first);
  dropSoon(second);

  const left = async () =>
    bench.db.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'scratch' and tablename = any ($1)`,
      [tables],
    );
  await waitFor(async () => (await left()).length === 2, { timeoutMs: 10_000, everyMs: 50, what: 'the tables to go' });
  expect((await left()).every(({ name }) => name.startsWith(open))).toBe(true);
});

it('leaves to the next look what somebody holds, and says nothing of it', async () => {
  const id = await bench.startRun();
  await bench.db.execute(`update run set status = 'succeeded', finished_at = now() - interval '2 min' where id = $1`, [
    id,
  ]);
  await bench.db.execute(`create unlogged table scratch."${id}_1_source" (line int)`);
  const waiting = `select from pg_locks join pg_database on oid = database where not granted and datname = current_database()`;
  const isAsked = async () => (await bench.db.query(waiting)).length > 0;

  await bench.db.transaction(async (dump) => {
    await dump.execute(`lock table scratch."${id}_1_source" in access share mode`);
    audience(bench.db).dropSoon(id);
    await waitFor(isAsked, { timeoutMs: 10_000, everyMs: 20, what: 'the drop to wait' });
    await waitFor(async () => !(await isAsked()), { timeoutMs: 10_000, everyMs: 50, what: 'the drop to give up' });
  });

  expect(await audience(bench.db).dropEnded()).toBe(1);
});

it('drops the tables of all other runs while somebody holds that of one, and says so afterwards', async () => {
  const ids = [await bench.startRun(), await bench.startRun(), await bench.startRun()].sort();
  for (const id of ids) {
    await bench.db.execute(`update run set status = 'failed', finished_at = now() - interval '2 min' where id = $1`, [
      id,
    ]);
    await bench.db.execute(`create unlogged table scratch."${id}_1_source" (line int)`);
  }

  await bench.db.transaction(async (dump) => {
    await dump.execute(`lock table scratch."${ids[0]}_1_source" in access share mode`);
    await expect(audience(bench.db).dropEnded()).rejects.toMatchObject({ code: 'databaseBusy' });
  });

  const left = await bench.db.query(
    `select split_part(tablename, '_', 1) as id from pg_tables where schemaname = 'scratch' and split_part(tablename, '_', 1) = any ($1)`,
    [ids],
  );
  expect(left).toEqual([{ id: ids[0] }]);
  expect(await audience(bench.db).dropEnded()).toBe(1);
});
