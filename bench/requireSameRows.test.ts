import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireSameRows } from './requireSameRows.ts';

let directory: string;
beforeAll(async () => (directory = await mkdtemp(join(tmpdir(), 'muster-rows-'))));
afterAll(() => rm(directory, { recursive: true }));

async function filesOf(...texts: string[]) {
  const files = texts.map((_, at) => join(directory, `${at}.csv`));
  await Promise.all(texts.map((text, at) => writeFile(files[at] ?? '', text)));
  return files as [string, string];
}

it('takes the same rows in another order, with other names of columns and other ends of lines', async () => {
  const [ours, peers] = await filesOf('phone\r\n2\r\n1\r\n', 'value\n1\n2\n');

  await expect(requireSameRows(ours, peers)).resolves.toBe(2);
});

it.each([
  ['a row is missing', 'a\n1\n', 'a\n1\n2\n'],
  ['a row is there twice', 'a\n1\n1\n', 'a\n1\n'],
  ['a row differs', 'a\n1\n', 'a\n2\n'],
])('refuses to compare where %s', async (_, left, right) => {
  await expect(requireSameRows(...(await filesOf(left, right)))).rejects.toThrow('differ in who may be called');
});

it('refuses to compare nothing', async () => {
  await expect(requireSameRows(...(await filesOf('a\n', 'a\n')))).rejects.toThrow('no contacts');
});
