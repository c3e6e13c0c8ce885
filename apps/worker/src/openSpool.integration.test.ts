import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSpool } from './openSpool.ts';

it('removes what killed processes have left, and nothing that belongs to a living one', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'muster-test-'));
  const { pid: dead } = spawnSync(process.execPath, ['-e', '']);
  await mkdir(join(parent, `muster-spool-${dead}-abc`));
  await mkdir(join(parent, `muster-spool-${process.ppid}-def`));
  await mkdir(join(parent, 'theirs'));

  const mine = await openSpool(parent);

  expect((await readdir(parent)).sort()).toEqual(
    [mine.slice(parent.length + 1), `muster-spool-${process.ppid}-def`, 'theirs'].sort(),
  );
  await rm(parent, { recursive: true });
});
