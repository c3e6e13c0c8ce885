import { createHash } from 'node:crypto';
import { deliveredBy, type ShownRun, untilRun } from '../e2e/campaignRuns.ts';
import { costOf, firstPlaces, judgeLeft, laterPlaces, leftAt, wordsOf } from './crashPlaces.ts';
import { type CrashPlace } from './processes/crashPoints.ts';
import { type FaultHouse, openFaultHouse } from './faultHouse.ts';
import { isWhole, partOf, repeats } from './totals.ts';

const OPENING_MS = 120_000;
/** A place, and which repeats of it this part of the whole has. */
const timesOf = (wanted: number[]) => (place: CrashPlace) => ({ place, wanted });
const first = firstPlaces.map(timesOf(repeats({ whole: 20, bounded: 1 })));
const later = partOf(laterPlaces).map(timesOf([1, 2]));
const onRedis = { backend: 'redis', places: isWhole ? [...first, ...later] : first } as const;
const onPostgres = { backend: 'postgres', places: partOf([...firstPlaces, ...laterPlaces]).map(timesOf([1])) } as const;

describe.each(isWhole ? [onRedis, onPostgres] : [onRedis])(
  'A1, on $backend: a worker killed with SIGKILL',
  (matrix) => {
    const { backend, places } = matrix;
    let faulty: FaultHouse;
    let undisturbed: Awaited<ReturnType<typeof outcomeOf>>;
    beforeAll(async () => {
      faulty = await openFaultHouse({ backend });
      undisturbed = await outcomeOf(faulty, await untilRun(faulty.house, await faulty.begin()));
    }, OPENING_MS);
    afterAll(async () => faulty.close(), OPENING_MS);

    it.each(places.map(({ place, wanted }) => [place, wordsOf(place), wanted] as const))(
      '%s, %s: another does that step again, and no other, and delivers the same file once',
      async (place, _words, wanted) => {
        for (const repeat of wanted) {
          const died = faulty.deaths().length;
          faulty.arm(place);
          const path = await faulty.begin();
          await faulty.untilDied(died + 1);
          const runId = path.split('/').at(-1) ?? '';
          const bytes = await leftAt(place, faulty, runId);
          const [run] = await Promise.all([untilRun(faulty.house, path), faulty.relieve()]);
          const hasLeft = await judgeLeft(place, faulty, { runId, bytes });

          const outcome = { repeat, hasLeft, ...(await outcomeOf(faulty, run)) };
          expect(outcome).toEqual({ repeat, ...undisturbed, ...costOf(place) });
        }
      },
      30_000 + 20_000 * Math.max(...places.map(({ wanted }) => wanted.length)),
    );

    it('is asked of Redash and delivered once where nobody dies', () => {
      expect(undisturbed).toMatchObject({ status: 'succeeded', error: null, renames: 1, executions: 1 });
    });

    it('breaks no invariant', async () => {
      const { faults } = await faulty.check();
      expect(faults).toEqual([]);
    });
  },
);

/** How a run has ended, and what that took. */
async function outcomeOf({ house, drop }: FaultHouse, run: ShownRun) {
  const { bytes, renames } = await deliveredBy(drop, run);
  const [asked] = await house.db.query<{ path: string }>(
    `select substring(settings #>> '{campaign,redashQueryUrl}' from '/queries/.*') || '/results' as path from run where id = $1`,
    [run.id],
  );
  const executions = house.redash.requests.filter(
    ({ method, path }) => method === 'POST' && path.endsWith(asked?.path ?? 'nowhere'),
  );
  return {
    ...{ status: run.status, error: run.error, renames },
    attempts: Object.fromEntries(run.steps.map(({ name, attempts }) => [name, attempts])),
    executions: executions.length,
    contacts: { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') },
  };
}
