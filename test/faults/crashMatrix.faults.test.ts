import { untilRun } from '../e2e/campaignRuns.ts';
import { crashPointNames, crashPoints } from './crashPoints.ts';
import { type FaultHouse, openFaultHouse } from './faultHouse.ts';
import { isWhole, repeats } from './totals.ts';

const OPENING_MS = 120_000;
const redis = { backend: 'redis', wanted: repeats({ whole: 20, bounded: 1 }) } as const;
const postgres = { backend: 'postgres', wanted: [1] } as const;

describe.each(isWhole ? [redis, postgres] : [redis])('A1, on $backend: a worker killed with SIGKILL', (matrix) => {
  const { backend, wanted } = matrix;
  let faulty: FaultHouse;
  beforeAll(async () => void (faulty = await openFaultHouse({ backend })), OPENING_MS);
  afterAll(async () => faulty.close(), OPENING_MS);

  it.each(crashPointNames.map((point) => [point, crashPoints[point]] as const))(
    '%s, %s: another goes on, and the file is delivered once',
    async (point) => {
      for (const repeat of wanted) {
        const died = faulty.deaths().length;
        faulty.arm(point);
        const path = await faulty.begin();
        await faulty.untilDied(died + 1);
        const [run] = await Promise.all([untilRun(faulty.house, path), faulty.relieve()]);
        expect({ repeat, status: run.status, error: run.error }).toEqual({ repeat, status: 'succeeded', error: null });
      }
    },
    30_000 + 20_000 * wanted.length,
  );

  it('breaks no invariant', async () => {
    const { faults } = await faulty.check();
    expect(faults).toEqual([]);
  });
});
