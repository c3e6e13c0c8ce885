import { type EventEmitter, once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { insertCompany } from '@muster/testing/factories';
import { startLink, type Link } from '@muster/testing/startLink';
import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import { openDatabase, type OpenDatabase } from './openDatabase.ts';

const SILENCE_MS = 500;
const WITHIN_MS = 4_000; // what a busy machine needs for it

let server: TestDatabase;
let companyId: string;
let direct: OpenDatabase;
const ends: (() => Promise<void>)[] = [];
beforeAll(async () => {
  server = await createTestDatabase();
  direct = await openDatabase({ url: server.url, poolSize: 2 });
  companyId = await insertCompany(direct);
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
afterAll(async () => {
  await direct.close();
  await server.drop();
});

/** A pool behind a link that can be frozen; `shortStatements` as the API has it. */
async function overLink(shortStatements: boolean, { poolSize = 3, silenceMs = SILENCE_MS } = {}) {
  const link = await startLink(server.url);
  const db = await openDatabase({ url: link.url, poolSize, silenceMs, shortStatements });
  ends.push(
    () => link.stop(),
    () => db.close().catch(() => undefined), // a test may have closed it
  );
  return { link, db };
}

/** What becomes of work that meets a frozen server; `isInTime` if it ends soon after the silence was noticed. */
async function outcome(work: Promise<unknown>) {
  const startedAt = performance.now();
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { error, isInTime: performance.now() - startedAt < WITHIN_MS };
}

type Way = (db: OpenDatabase, link: Link) => Promise<unknown>;

const ways: Record<string, Way> = {
  'one statement': (db, link) => {
    link.freeze();
    return db.query('select 1');
  },
  'one statement of a company': (db, link) => {
    link.freeze();
    return db.forCompany(companyId).query('select 1');
  },
  'a statement of TypeORM': (db, link) =>
    db.transaction(async (tx) => {
      link.freeze();
      await tx.manager.query('select 1');
    }),
  'a statement in a transaction': (db, link) =>
    db.transaction(async (tx) => {
      await tx.query('select 1');
      link.freeze();
      await tx.query('select 1');
    }),
  'a commit': (db, link) =>
    db.forCompany(companyId).transaction(async (tx) => {
      await tx.query('select 1');
      link.freeze();
    }),
};

describe.each([
  ['statements are short', true],
  ['statements may be long', false],
])('where %s', (_, shortStatements) => {
  it.each(Object.keys(ways))('ends in bounded time when the server freezes, and works again: %s', async (name) => {
    const { link, db } = await overLink(shortStatements);
    await db.query('select 1'); // a connection that was well

    expect(await outcome((ways[name] as Way)(db, link))).toMatchObject({
      error: { name: 'TemporaryFailure', code: 'databaseUnavailable' },
      isInTime: true,
    });

    await link.mend();
    expect(await db.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('tells in bounded time why work failed, though the rollback meets a frozen server', async () => {
    const { link, db } = await overLink(shortStatements);
    const work = db.transaction(async (tx) => {
      await tx.query('select 1');
      link.freeze();
      throw new Error('work failed');
    });

    expect(await outcome(work)).toMatchObject({ error: { message: 'work failed' }, isInTime: true });
  });

  it('never uses a connection again that was frozen', async () => {
    const { link, db } = await overLink(shortStatements, { poolSize: 1 });
    const [before] = await db.query('select pg_backend_pid() as pid');
    link.freeze();
    await outcome(db.query('select 1'));
    await link.mend();

    const [after] = await db.query('select pg_backend_pid() as pid');
    expect(after).not.toEqual(before);
  });

  it('leaves a transaction alone that is at rest', async () => {
    const { db } = await overLink(shortStatements);
    const [before, after] = await db.transaction(async (tx) => {
      const ask = () => tx.query('select pg_backend_pid() as pid');
      return [await ask(), await setTimeout(SILENCE_MS * 3).then(ask)];
    });
    expect(after).toEqual(before);
  });

  it('drops a connection whose goodbye a frozen server does not answer', async () => {
    const { link, db } = await overLink(shortStatements);
    const pool = (db.source.driver as unknown as { master: EventEmitter }).master;
    const removed = once(pool, 'remove');
    link.freeze();
    await db.close();
    expect(await outcome(removed)).toEqual({ error: undefined, isInTime: true });
  });
});

it('lets a silent statement go on where it may be long, and the server answers others', async () => {
  const { db } = await overLink(false);
  expect(await db.query(`select 'done' as it from pg_sleep(${(SILENCE_MS * 3) / 1000})`)).toEqual([{ it: 'done' }]);
});

it('lets a silent statement go on also where the server refuses others in words', async () => {
  const owner = await openDatabase({ url: server.url, poolSize: 1, asLogin: true });
  await owner.execute('create role latecomer login');
  const url = server.url.replace('postgres@', 'latecomer@');
  const db = await openDatabase({ url, poolSize: 1, silenceMs: SILENCE_MS, asLogin: true });

  const long = db.query(`select 'done' as it from pg_sleep(${(SILENCE_MS * 3) / 1000})`);
  await owner.execute('alter role latecomer nologin');
  expect(await long).toEqual([{ it: 'done' }]);

  await db.close();
  await owner.execute('drop role latecomer');
  await owner.close();
});

it('has the server end a long statement where none should be, and keeps the connection', async () => {
  const { db } = await overLink(true, { poolSize: 1, silenceMs: 4 * SILENCE_MS }); // the server has a tenth of it for its word
  const [before] = await db.query('select pg_backend_pid() as pid');

  const long = db.query(`select pg_sleep(60)`);
  await expect(long).rejects.toMatchObject({ name: 'TemporaryFailure', code: 'databaseBusy' });

  expect(await db.query('select pg_backend_pid() as pid')).toEqual([before]);
});
