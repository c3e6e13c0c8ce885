import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeParts } from './removeParts.ts';

describe('removeParts', () => {
  it('leaves alone what is still written to, and files of others', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'muster-parts-'));
    const old = new Date('2026-01-01');
    for (const name of ['.a.csv.1.part', '.b.csv.2.part', 'c.csv', '.hidden'])
      await writeFile(join(directory, name), '');
    for (const name of ['.a.csv.1.part', 'c.csv', '.hidden']) await utimes(join(directory, name), old, old);

    expect(await removeParts(directory, new Date('2026-02-01'))).toBe(1);
    expect(await removeParts(directory, new Date('2026-02-01'))).toBe(0);

    await rm(directory, { recursive: true });
  });

  it('finds nothing in a store that is empty still', async () => {
    expect(await removeParts(join(tmpdir(), 'muster-never-made'), new Date())).toBe(0);
  });
});
