import { mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDemoHome } from './demoHome.ts';

describe('the demo’s directory', () => {
  const directory = mkdtempSync(join(tmpdir(), 'muster-home-'));
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('remembers all that the parts of a start keep at the same moment', async () => {
    const home = await openDemoHome(directory, { fresh: false });

    const parts = [
      { apiKey: 'a key' },
      { companyId: 'CP-1111-1111' },
      { ports: { api: 1, redash: 2, sftp: 3, gateways: 4 } },
    ];
    await Promise.all(parts.map(async (part) => home.keep(part)));

    const again = await openDemoHome(directory, { fresh: false });
    expect(again.kept).toEqual(home.kept);
    expect(again.kept).toMatchObject({ apiKey: 'a key', companyId: 'CP-1111-1111', ports: { api: 1 } });
    expect(readdirSync(directory)).not.toContain('kept.json.part');
  });
});
