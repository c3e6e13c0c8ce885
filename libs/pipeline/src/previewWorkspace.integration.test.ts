import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPreviewWorkspace } from './previewWorkspace.ts';

it('closes its files when it is told to stop, so that whoever fills them stops as well, and leaves nothing', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'muster-test-'));
  const stop = new AbortController();
  const io = await openPreviewWorkspace(parent, stop.signal);
  const files = [await io.create('query_results.csv'), await io.create('campaign_input.csv')];

  stop.abort();

  expect(files.map(({ destroyed }) => destroyed)).toEqual([true, true]);
  await io.discard();
  expect(await readdir(parent)).toEqual([]);
  await rm(parent, { recursive: true });
});
