import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '@muster/testing/isAlive';
import { waitFor } from '@muster/testing/waitFor';

let directory: string;
let pid = 0;
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'muster-orphan-'))));
afterEach(async () => {
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  await rm(directory, { recursive: true });
});

it('ends a process that blocks for ever once its parent was killed', async () => {
  const source = new URL('endWithParent.ts', import.meta.url).href;
  const [child, parent] = [join(directory, 'child.mjs'), join(directory, 'parent.mjs')];
  await writeFile(
    child,
    `import { endWithParent } from '${source}';
     endWithParent(50);
     process.send(process.pid, () => { for (;;); });`,
  );
  await writeFile(
    parent,
    `import { fork } from 'node:child_process';
     fork('${child}').on('message', (pid) => process.send(pid));`,
  );
  const killed = fork(parent, { execArgv: ['--import', import.meta.resolve('tsx')] });
  [pid] = (await once(killed, 'message')) as [number];
  expect(isAlive(pid)).toBe(true);
  killed.kill('SIGKILL');

  await expect(waitFor(() => !isAlive(pid), { timeoutMs: 5_000 })).resolves.toBe(true);
});
