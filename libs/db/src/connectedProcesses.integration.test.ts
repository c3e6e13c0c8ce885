import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import { waitFor } from '@muster/testing/waitFor';
import { connectedProcesses, refuseConnected } from './connectedProcesses.ts';
import { openDatabase, type OpenDatabase } from './openDatabase.ts';

let server: TestDatabase;
let db: OpenDatabase;
beforeEach(async () => {
  server = await createTestDatabase();
  db = await openDatabase({ url: server.url, poolSize: 1, applicationName: 'muster-admin' });
});
afterEach(async () => {
  await db.close();
  await server.drop();
});

it('names each of our processes that is connected, and no command or tool', async () => {
  expect(await connectedProcesses(db)).toEqual([]);
  const [tool, ...processes] = await Promise.all(
    ['psql', 'muster-worker', 'muster-worker', 'muster-api', 'muster-scheduler'].map((applicationName) =>
      openDatabase({ url: server.url, applicationName }),
    ),
  );
  const elsewhere = await createTestDatabase();
  const other = await openDatabase({ url: elsewhere.url, applicationName: 'muster-worker' });

  expect(await connectedProcesses(db)).toEqual(['muster-api', 'muster-scheduler', 'muster-worker']);
  await expect(refuseConnected(db)).rejects.toMatchObject({
    code: 'processesConnected',
    message: expect.stringContaining('muster-api, muster-scheduler, muster-worker') as string,
  });

  await Promise.all([tool!, ...processes].map((open) => open.close()));
  await waitFor(async () => (await connectedProcesses(db)).length === 0);
  await refuseConnected(db);
  await other.close();
  await elsewhere.drop();
});

it('sees a process that has asked nothing for longer than its pool keeps connections', async () => {
  const idle = await openDatabase({ url: server.url, applicationName: 'muster-api', idleMs: 50 });
  await Promise.all([1, 2, 3].map(() => idle.query('select pg_sleep(0.05)')));
  const connections = async () =>
    (
      await db.query(
        `select from pg_stat_activity where datname = current_database() and application_name = 'muster-api'`,
      )
    ).length;
  await waitFor(async () => (await connections()) === 1, { what: 'the others to be closed' });
  await db.query('select pg_sleep(0.3)'); // six times as long as an idle one is kept
  expect(await connectedProcesses(db)).toEqual(['muster-api']);
  await idle.close();
});
