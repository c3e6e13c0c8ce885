import { setTimeout as pause } from 'node:timers/promises';
import { type FaultHouse, openFaultHouse } from './faultHouse.ts';
import { randomFrom } from './randomFrom.ts';
import { seed, shareOf } from './totals.ts';
import { startTraffic } from './traffic.ts';

const OPENING_MS = 120_000;
const END_MS = 180_000;
const KILLS = shareOf({ whole: 1_000, bounded: 6 });
const EVERY_MS = { from: 400, to: 2_400 };

let faulty: FaultHouse;
beforeAll(async () => void (faulty = await openFaultHouse({ backend: 'redis', workers: 3 })), OPENING_MS);
afterAll(async () => faulty.close(), OPENING_MS);

it(
  `A1: ${KILLS} workers killed at any moment lose no run, double no file and leave nothing stuck`,
  async () => {
    const random = randomFrom(seed);
    const traffic = await startTraffic(faulty, 4);
    for (let kill = 0; kill < KILLS; kill++) {
      await pause(EVERY_MS.from + random() * (EVERY_MS.to - EVERY_MS.from));
      await faulty.house.workers[Math.floor(random() * faulty.house.workers.length)]?.kill();
      await faulty.relieve();
    }
    await traffic.end(END_MS);

    const { faults, runs, parked, ...others } = await faulty.check({ kills: KILLS });
    expect({ faults, ...others }).toEqual({
      faults: [],
      failed: [],
      ...{ lost: 0, doubled: 0, stuck: 0, unknown: 0, canceled: 0 },
    });
    expect(parked).toBeLessThanOrEqual(KILLS / 100); // by chance three in a row strike one step: it must look poisonous
    expect(runs).toBeGreaterThan(KILLS);
    expect(await attemptsLost(faulty)).toBeGreaterThanOrEqual(KILLS / 4);
  },
  KILLS * 8_000 + END_MS + 60_000,
);

/** How many attempts at steps were not the last ones. */
async function attemptsLost({ house, accepted }: FaultHouse) {
  const [row] = await house.db.query<{ lost: number }>(
    'select sum(greatest(attempt - 1, 0))::int as lost from run_step where run_id = any ($1)',
    [accepted],
  );
  return row?.lost;
}
