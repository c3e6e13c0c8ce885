import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rowSpool } from './rowSpool.ts';

let directory: string;
beforeAll(async () => void (directory = await mkdtemp(join(tmpdir(), 'muster-spooltest-'))));
afterAll(() => rm(directory, { recursive: true }));

async function spooled(rows: string[]) {
  const spool = rowSpool(directory);
  for (const row of rows) {
    spool.add(row);
    await spool.flush();
  }
  const parts: string[] = [];
  for await (const part of spool.parts()) parts.push(part);
  return { spool, parts };
}

const numbered = (count: number, more = '') => Array.from({ length: count }, (_, id) => `{"id":${id}${more}}`);
const idsIn = (parts: string[]) => parts.flatMap((part) => (JSON.parse(part) as { id: number }[]).map(({ id }) => id));

it('gives back the rows in order, a thousand at a time', async () => {
  const { spool, parts } = await spooled(numbered(2_500));
  await spool.discard();

  expect(parts.map((part) => idsIn([part]).length)).toEqual([1_000, 1_000, 500]);
  expect(idsIn(parts)).toEqual(numbered(2_500).map((_, id) => id));
});

it('makes smaller parts of bigger rows', async () => {
  const { spool, parts } = await spooled(numbered(40, `,"text":"${'é'.repeat(100_000)}"`));
  await spool.discard();

  expect(parts.length).toBeGreaterThan(2);
  expect(idsIn(parts)).toHaveLength(40);
});

it('keeps the very text of a row', async () => {
  const { spool, parts } = await spooled(['{ "b": 1.50,\n "a": "\\u00e9" }']);
  await spool.discard();

  expect(parts).toEqual(['[{ "b": 1.50,\n "a": "\\u00e9" }]']);
});

it('gives one empty part where there are no rows', async () => {
  expect((await spooled([])).parts).toEqual(['[]']);
});

it('leaves no name on the disk, not even while it is in use', async () => {
  const { spool } = await spooled(numbered(5_000));

  expect(await readdir(directory)).toEqual([]);
  await spool.discard();
  await spool.discard();
  expect(await readdir(directory)).toEqual([]);
});

it('says so where there is no room for it', async () => {
  const spool = rowSpool(join(directory, 'not', 'there'));
  for (const row of numbered(1_001)) spool.add(row);

  await expect(spool.flush()).rejects.toMatchObject({ name: 'TemporaryFailure', code: 'rowsNotKept' });
  await spool.discard();
});
