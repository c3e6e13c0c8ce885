import { TaskLost } from '@muster/pipeline/tasks';
import { insertCompany, insertRow } from '@muster/testing/factories';
import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import { openDatabase, type OpenDatabase } from './openDatabase.ts';
import { taskRemains } from './taskRemains.ts';
import { abandonTask, findTask, insertTask } from './taskRequests.ts';
import { tasks } from './tasks.ts';

let database: TestDatabase;
let db: OpenDatabase;
let company: string;
beforeAll(async () => {
  database = await createTestDatabase();
  db = await openDatabase({ url: database.url, poolSize: 6 });
});
beforeEach(async () => {
  await db.execute('delete from task');
  company = await insertCompany(db);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const previews = { queue: 'previews' } as const;
const subject = () => tasks(db, { leaseMs: 60_000 });
const ask = (companyId = company, { waitMs = 60_000 } = {}) =>
  insertTask(db.forCompany(companyId), {
    ...{ kind: 'preview', campaignId: 'CM-AAAA-BBBB', requestedBy: 'key', requestId: 'r', waitMs },
  });
const state = (id: string) => findTask(db.forCompany(company), id);
/** As after the death of whoever holds it. */
const loseWorker = (id: string) =>
  db.execute(`update task set lease_until = clock_timestamp() - interval '1 s' where id = $1`, [id]);

it('gives a task to one of those who ask at once, and to nobody while it is held', async () => {
  const id = await ask();
  const claims = await Promise.all(Array.from({ length: 6 }, () => subject().claim(previews)));

  expect(claims.filter(Boolean)).toMatchObject([{ taskId: id, attempt: 1, kind: 'preview', companyId: company }]);
  expect(await subject().claim(previews)).toBeUndefined();
});

it('gives tasks of its own queue only, the oldest first, and those of idle companies before those of busy ones', async () => {
  const other = await insertCompany(db);
  await insertRow(db, 'task', { id: 'IM-1', companyId: company, kind: 'import', input: {} });
  const mine = [await ask(), await ask()];
  const theirs = await ask(other);

  const order = [];
  for (let i = 0; i < 4; i++) order.push((await subject().claim(previews))?.taskId);
  expect(order).toEqual([mine[0], theirs, mine[1], undefined]);
});

it('takes companies in turn, also where one task is done after the other', async () => {
  const [second, third] = [await insertCompany(db), await insertCompany(db)];
  const asked = [...Array<string>(3).fill(company), ...Array<string>(2).fill(second), third];
  for (const companyId of asked) await ask(companyId);

  const order = [];
  for (const _ of asked) {
    const claim = (await subject().claim(previews))!;
    order.push(claim.companyId);
    await subject().succeed(claim, {});
  }
  expect(order).toEqual([company, second, third, company, second, company]);
});

it('lets another take over when a lease has run out, and refuses every write of the first', async () => {
  const id = await ask();
  const first = (await subject().claim(previews))!;
  await loseWorker(id);
  const second = (await subject().claim(previews))!;

  expect(second.attempt).toBe(2);
  for (const write of [
    () => subject().succeed(first, { wrong: true }),
    () => subject().fail(first, { code: 'wrong', message: '' }),
    () => subject().note(first, { wrong: true }),
    () => subject().release(first),
    () => subject().postpone(first, 0, { code: 'wrong', message: '' }),
  ])
    await expect(write()).rejects.toThrow(TaskLost);
  expect(await subject().renew(first)).toBe('lost');
  expect(await subject().renew(second)).toBe('held');
  await subject().succeed(second, { right: true });
  expect(await state(id)).toMatchObject({ status: 'succeeded', result: { right: true }, error: null });
});

it('ends a task that has lost three workers as parked', async () => {
  const id = await ask();
  for (let lost = 0; lost < 3; lost++) {
    expect(await subject().claim(previews)).toMatchObject({ taskId: id });
    await loseWorker(id);
  }
  const parked: string[] = [];
  const telling = tasks(db, { leaseMs: 60_000, onParked: ({ taskId }) => void parked.push(taskId) });
  expect(await telling.claim(previews)).toBeUndefined();
  expect(parked).toEqual([id]);
  expect(await state(id)).toMatchObject({ status: 'failed', error: { code: 'parked' } });
});

it('does not count what a stopping worker gave back', async () => {
  await ask();
  for (let i = 0; i < 5; i++) {
    const claim = (await subject().claim(previews))!;
    expect(claim.tries).toBe(1);
    await subject().release(claim);
  }
});

it('keeps a task back for as long as it was put off', async () => {
  const id = await ask();
  await subject().postpone((await subject().claim(previews))!, 60_000, { code: 'away', message: 'away' });

  expect(await subject().claim(previews)).toBeUndefined();
  await db.execute('update task set not_before = clock_timestamp() where id = $1', [id]);
  expect(await subject().claim(previews)).toMatchObject({ tries: 2 });
});

it('begins nothing that nobody waits for any more, and tells those who are at it', async () => {
  const [given, late] = [await ask(), await ask(company, { waitMs: -1 })];
  const claim = (await subject().claim(previews))!;
  await abandonTask(db.forCompany(company), given);

  expect(await subject().renew(claim)).toBe('cancelAsked');
  expect(await subject().claim(previews)).toBeUndefined();
  await taskRemains(db).endGivenUp();
  expect(await state(late)).toMatchObject({ status: 'failed', error: { code: 'abandoned' } });
  expect(await state(given)).toMatchObject({ status: 'running' }); // its worker ends it
});

it('shows and ends no task of another company', async () => {
  const id = await ask();
  const other = db.forCompany(await insertCompany(db));

  expect(await findTask(other, id)).toBeUndefined();
  await abandonTask(other, id);
  expect(await subject().renew((await subject().claim(previews))!)).toBe('held');
});

it('deletes previews an hour after their end, and bulk loads after 90 days', async () => {
  const insert = (id: string, kind: string, ended: string) =>
    db.execute(
      `insert into task (id, company_id, kind, status, input, finished_at)
       values ($1, $2, $3, 'succeeded', '{}', now() - $4::interval)`,
      [id, company, kind, ended],
    );
  await insert('PV-1', 'preview', '61 minutes');
  await insert('PV-2', 'preview', '59 minutes');
  await insert('IM-1', 'import', '91 days');
  await insert('IM-2', 'import', '89 days');

  const remains = taskRemains(db);
  expect(await remains.oldAnswers()).toEqual(['PV-1']);
  await remains.forgetAnswer('PV-1');
  await remains.forgetImports();
  expect(await db.query('select id from task order by id')).toEqual([{ id: 'IM-2' }, { id: 'PV-2' }]);
});
