import { audienceBench } from '@muster/testing/audienceBench';
import { type GuardBench } from '@muster/testing/slowGuard/disagreement';
import { comparePeople } from '@muster/testing/slowGuard/comparePeople';
import { allowUnknownIntensities, storeRuns } from '@muster/testing/slowGuard/storePeople';

// The same people each time; others, and more of them, by SLOW_GUARD_SEED and SLOW_GUARD_PEOPLE.
const people = Number(process.env['SLOW_GUARD_PEOPLE'] ?? 10_000);
const seed = Number(process.env['SLOW_GUARD_SEED'] ?? 20_260_304);
const TIMEOUT_MS = 60_000 + people * 60;

let bench: GuardBench;
beforeAll(async () => (bench = await audienceBench()));
afterAll(() => bench.close());

it(
  'never disagrees with a slow model, whoever is asked about, and whatever has been',
  async () => {
    await storeRuns(bench.db, bench.companyId);
    await allowUnknownIntensities(bench.db);

    expect(await comparePeople(bench, { people, seed })).toBeUndefined();
  },
  TIMEOUT_MS,
);
