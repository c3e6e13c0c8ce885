import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import { runStatement } from './runStatement.ts';

let database: TestDatabase;
beforeAll(async () => void (database = await createTestDatabase()));
afterAll(() => database.drop());

it.each([0, 1, 3, 10, 30])('ends a statement that is canceled %d ms after it was asked for', async (ms) => {
  const running = runStatement(database.url, 'select pg_sleep(60)');
  const end = running.done.then(
    () => 'finished',
    () => 'ended',
  );
  await new Promise((resolve) => setTimeout(resolve, ms));

  await running.cancel();

  expect(await end).toBe('ended');
});
