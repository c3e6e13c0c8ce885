import { insertCompany } from '@muster/testing/factories';
import { createTestDatabase } from '@muster/testing/testDatabase';
import { dropOldAnswers, keepAnswer, takeKey } from './keptAnswers.ts';
import { openDatabase } from './openDatabase.ts';

it('drops the answers of yesterday, and keeps those of today', async () => {
  const server = await createTestDatabase();
  const db = await openDatabase({ url: server.url, poolSize: 2 });
  const company = db.forCompany(await insertCompany(db));
  for (const key of ['old', 'new']) {
    await company.transaction(async (tx) => {
      await takeKey(tx, { key, fingerprint: key });
      await keepAnswer(tx, key, { status: 200, headers: {}, body: '{}' });
    });
  }
  await db.execute(`update kept_answer set created_at = now() - interval '25 hours' where key = 'old'`);

  expect(await dropOldAnswers(db)).toBe(1);

  expect(await db.query('select key from kept_answer')).toEqual([{ key: 'new' }]);
  await db.close();
  await server.drop();
});
