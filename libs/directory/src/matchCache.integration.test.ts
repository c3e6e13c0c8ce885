import { addAbortSignal, PassThrough, Readable, Writable } from 'node:stream';
import { audienceBench, matchingOf, textOf } from '@muster/testing/audienceBench';
import { waitFor } from '@muster/testing/waitFor';
import { insertContact, insertPerson } from '@muster/testing/factories';
import { scratchTables } from './scratchTables.ts';

let bench: Awaited<ReturnType<typeof audienceBench>>;
beforeAll(async () => (bench = await audienceBench()));
afterAll(() => bench.close());

const never = new AbortController().signal;
const columnSettings = ['contact.name', 'query.note', 'person.displayId', 'contact.id', 'run.id'].map((field) => ({
  field,
}));

async function matchedRun(attempt: number) {
  const { db, companyId } = bench;
  const names = ['plain', null, '', 'two\nlines, "quoted"', '=1+1', '\\.', "it's \\N"];
  const people = await Promise.all(names.map(() => insertPerson(db, { companyId })));
  for (const [at, name] of names.entries()) {
    await insertContact(db, { companyId, personKey: people[at]!.key, name });
  }
  const rows = people.map(({ key }, at) => `${key},"${at} ""x"""\r\n`);
  return bench.run(`id,note\r\n${rows.join('')}`, { columnSettings }, { attempt });
}

it('knows a full cache from one that a crash of the database has emptied', async () => {
  const { cache } = await matchedRun(1);
  const before = await bench.audience.holds(cache, never);
  await bench.db.execute(`truncate ${cache.table}`);

  expect([before, await bench.audience.holds(cache, never)]).toEqual([true, false]);
});

it('never prints an emptied cache', async () => {
  const { cache, matching } = await matchedRun(2);
  await bench.db.execute(`truncate ${cache.table}`);

  const failure = bench.audience.writeContacts(cache, matching, new PassThrough());

  await expect(failure).rejects.toMatchObject({ code: 'cacheLost' });
});

it('prints the same bytes from a cache that was made again', async () => {
  const first = await matchedRun(3);
  await bench.db.execute(`drop table ${first.cache.table}`);

  const cache = await bench.audience.restore(
    bench.scope(4),
    first.matching,
    Readable.from([Buffer.from(first.matches)]),
  );

  expect(await textOf((to) => bench.audience.writeContacts(cache, first.matching, to))).toBe(first.contacts);
  expect(await textOf((to) => bench.audience.writeMatches(cache, to))).toBe(first.matches);
});

it('makes a cache again over what is left of an emptied one', async () => {
  const { cache, matching, matches, contacts } = await matchedRun(5);
  await bench.db.execute(`truncate ${cache.table}`);

  const again = await bench.audience.restore(bench.scope(5), matching, Readable.from([Buffer.from(matches)]));

  expect(await textOf((to) => bench.audience.writeContacts(again, matching, to))).toBe(contacts);
});

it("refuses to print what was matched for another exporter's columns", async () => {
  const { cache, columns, matches } = await matchedRun(6);
  const other = matchingOf({ columnSettings: [{ field: 'contact.value' }] }, columns);

  const printed = bench.audience.writeContacts(cache, other, new PassThrough());
  await expect(printed).rejects.toMatchObject({ code: 'columnsChanged' });
  const restored = bench.audience.restore(bench.scope(8), other, Readable.from([Buffer.from(matches)]));
  await expect(restored).rejects.toMatchObject({ code: 'columnsChanged' });
});

it('reports a file that takes no more, and works on', async () => {
  const { cache, matching, contacts } = await matchedRun(9);
  const full = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('the disk is full'), { code: 'ENOSPC' })),
  });

  await expect(bench.audience.writeContacts(cache, matching, full)).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(await textOf((to) => bench.audience.writeContacts(cache, matching, to))).toBe(contacts);
});

/** Has `work` wait for a table, tells it to stop, and expects it to do so, in the database as well. */
async function expectStop(table: string, work: (stop: AbortSignal) => Promise<unknown>) {
  const stop = new AbortController();
  await bench.db.transaction(async (tx) => {
    await tx.execute(`lock table ${table} in access exclusive mode`);
    const stopped = work(stop.signal).then(
      () => 'done',
      () => 'stopped',
    );
    await waitFor(isWaiting, { what: 'the work to wait' });
    const askedMs = performance.now();
    stop.abort();
    expect(await stopped).toBe('stopped');
    await waitFor(async () => !(await isWaiting()), { what: 'the statement to end' });
    expect(performance.now() - askedMs).toBeLessThan(LOCK_TIMEOUT_MS / 2); // else the wait for the lock has ended by itself
  });
}

it('says of bytes that are no rows what is wrong with them, and not that their file was closed', async () => {
  const { matching, matches } = await matchedRun(14);
  const file = Readable.from([Buffer.from(`${matches}one cell\r\n`)]);

  const restored = bench.audience.restore(bench.scope(14), matching, file);

  await expect(restored).rejects.toMatchObject({ code: 'resultMalformed' });
});

it('stops a matching in the database when it is told to', async () => {
  const { columns } = await matchedRun(10);
  await expectStop('contact', (stop) => bench.audience.match(bench.scope(10), matchingOf({}, columns), stop));
});

it.each(['writeInput', 'writeExclusions'] as const)('stops %s when its file is closed', async (write) => {
  await matchedRun(11);
  const { checked } = scratchTables(bench.scope(11));
  await expectStop(checked, (stop) => bench.audience[write](bench.scope(11), addAbortSignal(stop, new PassThrough())));
});

it('stops reading a cache when it is told to, or its file is closed', async () => {
  const { cache, matching } = await matchedRun(12);
  const file = (stop: AbortSignal) => addAbortSignal(stop, new PassThrough());
  await expectStop(cache.table, (stop) => bench.audience.holds(cache, stop));
  await expectStop(cache.table, (stop) => bench.audience.writeMatches(cache, file(stop)));
  await expectStop(cache.table, (stop) => bench.audience.writeContacts(cache, matching, file(stop)));
});

it('stops making a cache again when the file it is made from is closed', async () => {
  const { cache, matching, matches } = await matchedRun(13);
  await expectStop(cache.table, (stop) => {
    const file = addAbortSignal(stop, Readable.from([Buffer.from(matches)]));
    return bench.audience.restore(bench.scope(13), matching, file);
  });
});

const LOCK_TIMEOUT_MS = 15_000; // of every statement: libs/db/src/openDatabase.ts

async function isWaiting() {
  return (
    (
      await bench.db.query(
        `select from pg_locks l join pg_database d on d.oid = l.database where not granted and datname = current_database()`,
      )
    ).length > 0
  );
}
