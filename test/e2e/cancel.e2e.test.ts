import { readdir } from 'node:fs/promises';
import { deliveredBy, hasEnded, type ShownRun, untilRun } from './campaignRuns.ts';
import { type HeldRun, holdInFilter, holdInQuery, holdInRename, holdInUpload } from './heldRuns.ts';
import { type House, openHouse } from './house.ts';

const OPENING_MS = 90_000;
const STOPPING_MS = 8_000; // a heartbeat, and what a step may take to stop on a busy machine

describe('a run that is canceled while another process works on it', () => {
  let house: House;
  beforeAll(async () => void (house = await openHouse({ backend: 'postgres' })), OPENING_MS);
  afterAll(() => house.close(), OPENING_MS);

  it.each<[string, (house: House) => Promise<HeldRun>]>([
    ['query', holdInQuery],
    ['filter', holdInFilter],
    ['upload', holdInUpload],
  ])('stops in its %s, and nothing of it is left with the dialer', async (_step, hold) => {
    const held = await hold(house);
    const answer = await house.api.call('POST', `${held.path}/cancel`);
    const askedMs = performance.now();
    expect([answer.status, answer.json['status']]).toEqual([200, 'running']);

    const run = await untilRun(house, held.path, hasEnded);
    const tookMs = performance.now() - askedMs;
    await held.letGo();

    expect(run).toMatchObject({ status: 'canceled', error: null });
    expect(tookMs).toBeLessThan(STOPPING_MS);
    expect(await readdir(held.drop.directory)).toEqual([]);
  });

  it('is delivered all the same once its rename was sent: the cancel is refused', async () => {
    const held = await holdInRename(house);

    const answer = await house.api.call('POST', `${held.path}/cancel`);
    await held.letGo();
    held.drop.cutAll(); // the answer would be waited for
    const run = await untilRun(house, held.path, succeeded);

    expect(answer).toMatchObject({ status: 409, json: { code: 'tooLate' } });
    expect((await deliveredBy(held.drop, run)).renames).toBe(1);
  });
});

const succeeded = ({ status }: ShownRun) => status === 'succeeded';
