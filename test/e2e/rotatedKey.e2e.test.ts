import { randomBytes } from 'node:crypto';
import { openSecretBox } from '@muster/core/secretBox';
import { rotateSecretKey } from '@muster/db/rotateSecretKey';
import { runCli } from '../../tools/demo/runCli.ts';
import { apiClient } from './apiClient.ts';
import { createCampaign, startRun, untilRun } from './campaignRuns.ts';
import { findLeaks } from './findLeaks.ts';
import { type House, openHouse } from './house.ts';

const OPENING_MS = 90_000;
const TEST_MS = 120_000;

let house: House;
beforeAll(async () => void (house = await openHouse({ backend: 'redis' })), OPENING_MS);
afterAll(() => house.close(), OPENING_MS);

it(
  'ends each process that outlives a rotation of the secret key, and fails no run for it',
  async () => {
    const campaign = await createCampaign(house);
    const keys = { MUSTER_OLD_SECRET_KEY: house.env.MUSTER_SECRET_KEY, MUSTER_SECRET_KEY: newKey() };
    const rotating = runCli(['secret-key', 'rotate'], { ...house.env, DATABASE_URL: house.databaseUrl, ...keys });
    await expect(rotating).rejects.toThrow('muster-api, muster-scheduler, muster-worker');

    await rotateSecretKey(house.db, {
      from: openSecretBox({ key: keys.MUSTER_OLD_SECRET_KEY }),
      to: openSecretBox({ key: keys.MUSTER_SECRET_KEY }),
    });
    const run = await startRun(house, campaign);
    const ready = await fetch(`${house.url}/readyz`);

    expect(ready.status).toBe(503);
    expect(await Promise.all(house.processes.map((process) => process.ended()))).toEqual([1, 1, 1]);
    for (const process of house.processes)
      expect(await process.line('secretKey.replaced')).toMatchObject({ level: 'error' });

    const fresh = { MUSTER_SECRET_KEY: keys.MUSTER_SECRET_KEY };
    const api = await house.start('api', fresh);
    await Promise.all([house.start('scheduler', fresh), house.start('worker', fresh)]);
    const url = (await api.line('api.listening')).url ?? '';
    const again = { ...house, url, api: apiClient(url, house.apiKey) };
    expect(await untilRun(again, run)).toMatchObject({ status: 'succeeded', error: null });
    expect(await findLeaks(again)).toEqual([]);
  },
  TEST_MS,
);

function newKey() {
  return randomBytes(32).toString('base64');
}
