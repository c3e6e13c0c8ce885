import { setTimeout as pause } from 'node:timers/promises';
import { type FaultHouse, openFaultHouse } from './faultHouse.ts';
import { randomFrom } from './randomFrom.ts';
import { soakFaults } from './soakFaults.ts';
import { isWhole, seed } from './totals.ts';
import { startTraffic } from './traffic.ts';

const OPENING_MS = 120_000;
const END_MS = 240_000;
const MINUTES = Number(process.env['SOAK_MINUTES'] ?? (isWhole ? 5 : 0.5));
const EVERY_MS = MINUTES < 1 ? { from: 1_000, to: 4_000 } : { from: 5_000, to: 20_000 };
const LANES = 24; // enough for 2,000 runs in 30 minutes on two cores: with faults all the time, most of them wait for their next try
const MOST_PARKED = 2; // three faults at random may hit one step
const RUNS_A_MINUTE = 67; // 2,000 in half an hour; there were seven times as many on two cores
const settings = { SFTP_ANSWER_MS: '3000', PLACES_PER_COMPANY: String(LANES) };

let faulty: FaultHouse;
beforeAll(
  async () => void (faulty = await openFaultHouse({ backend: 'redis', workers: 4, schedulers: 2, settings })),
  OPENING_MS,
);
afterAll(async () => faulty.close(), OPENING_MS);

it(
  `${MINUTES} minutes of faults at random lose no run, double no file, leave nothing stuck and nothing secret`,
  async () => {
    const random = randomFrom(seed);
    const names = Object.keys(soakFaults);
    const struck: string[] = [];
    const traffic = await startTraffic(faulty, LANES);
    const until = performance.now() + MINUTES * 60_000;
    while (performance.now() < until) {
      await pause(EVERY_MS.from + random() * (EVERY_MS.to - EVERY_MS.from));
      const name = names[Math.floor(random() * names.length)] ?? '';
      if ((await soakFaults[name]?.(faulty, random)) !== false) struck.push(name);
    }
    await faulty.relieve();
    await traffic.end(END_MS);

    const { faults, runs, failed, parked, ...others } = await faulty.check({ kills: struck.length });
    console.log(`seed ${seed}: ${runs} runs, ${struck.length} faults, ${parked} parked: ${struck.join(', ')}`);
    expect({ faults, failed, ...others }).toEqual({
      faults: [],
      failed: [],
      ...{ lost: 0, doubled: 0, stuck: 0, unknown: 0, canceled: 0 },
    });
    expect(parked).toBeLessThanOrEqual(MOST_PARKED);
    expect(runs).toBeGreaterThanOrEqual(MINUTES < 1 ? 1 : RUNS_A_MINUTE * MINUTES);
  },
  MINUTES * 60_000 + END_MS + 120_000,
);
