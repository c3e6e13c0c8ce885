import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@muster/testing/waitFor';

let directory: string;
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'muster-tell-'))));
afterEach(() => rm(directory, { recursive: true }));

it('a child whose parent was killed a moment ago takes that for no error of its own', async () => {
  const source = new URL('tellParent.ts', import.meta.url).href;
  const [child, parent, told] = ['child.mjs', 'parent.mjs', 'told'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(
    child,
    `import { writeFileSync } from 'node:fs';
     import { tellParent } from '${source}';
     process.on('uncaughtException', ({ code }) => writeFileSync('${told}', code));
     process.on('disconnect', () => setTimeout(() => writeFileSync('${told}', 'disconnected', { flag: 'wx' }), 100));
     const parent = process.ppid;
     process.send('here', () => { while (process.ppid === parent); tellParent({ beat: true }); });`,
  );
  await writeFile(
    parent,
    `import { fork } from 'node:child_process';
     fork('${child}').on('message', () => process.send('here'));`,
  );
  const killed = fork(parent, { execArgv: ['--conditions=source', '--import', import.meta.resolve('tsx')] });
  await once(killed, 'message');
  killed.kill('SIGKILL');

  const said = await waitFor(() => readFile(told, 'utf8').catch(() => ''), { timeoutMs: 10_000 });
  expect(said).toBe('disconnected');
});
