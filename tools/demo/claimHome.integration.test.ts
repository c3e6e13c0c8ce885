import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimHome } from './claimHome.ts';

async function withHome(use: (directory: string) => Promise<void>) {
  const directory = await mkdtemp(join(tmpdir(), 'muster-home-'));
  await use(directory).finally(() => rm(directory, { recursive: true }));
}

it('refuses a directory that another demo is using', () =>
  withHome(async (directory) => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'tools/demo/main.ts']);
    const pid = other.pid ?? 0;
    await writeFile(join(directory, 'demo.pid'), `${pid}\n`);

    const claim = () => claimHome(directory);

    expect(claim).toThrow(`a demo is running here already (process ${pid})`);
    other.kill();
    await once(other, 'close');
  }));

it('takes a directory whose demo is gone, although its number is in use again', () =>
  withHome(async (directory) => {
    await writeFile(join(directory, 'demo.pid'), `${process.ppid}\n`);

    const release = claimHome(directory);

    expect(await readFile(join(directory, 'demo.pid'), 'utf8')).toBe(`${process.pid}\n`);
    release();
    await expect(readFile(join(directory, 'demo.pid'))).rejects.toMatchObject({ code: 'ENOENT' });
  }));
