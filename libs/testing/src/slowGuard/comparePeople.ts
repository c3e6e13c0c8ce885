import fc from 'fast-check';
import { caseArbitrary, type SlowCase } from './caseArbitrary.ts';
import { compareGuards } from './compareGuards.ts';
import { type GuardBench } from './disagreement.ts';
import { settingArbitrary, type SlowSetting } from './settingArbitrary.ts';
import { countPeople, storePeople } from './storePeople.ts';

const PER_COMPANY = 250;
const FIRST_KEY = 1000;

/**
 * Compares the guard with the slow model about so many random people, always the same ones of a seed, a company of 250 at a
 * time. Gives the first case in which they differ, with that person alone and made as small as it goes, as a text; undefined
 * where they never do.
 */
export async function comparePeople(
  bench: GuardBench,
  { people, seed }: { people: number; seed: number },
): Promise<string | undefined> {
  let nextKey = FIRST_KEY;
  let counted = 0;
  const compare = async (setting: SlowSetting, cases: readonly SlowCase[]) => {
    const first = nextKey;
    nextKey += cases.length;
    await storePeople(bench.db, { companyId: bench.companyId, first, people: cases.map(({ person }) => person) });
    const stored = nextKey - FIRST_KEY;
    if (stored >= 2 * counted) {
      await countPeople(bench.db);
      counted = stored;
    }
    return compareGuards(bench, { first, setting, cases });
  };
  for (let done = 0; done < people; done += PER_COMPANY) {
    const of = { seed: seed + done, numRuns: Math.min(PER_COMPANY, people - done) };
    const [setting] = fc.sample(settingArbitrary, { ...of, numRuns: 1 });
    if (!setting) throw new Error('there is no company');
    const [found] = await compare(setting, fc.sample(caseArbitrary(setting), of));
    if (!found) continue;
    let last: object = found;
    const alone = fc.asyncProperty(caseArbitrary(setting), async (one) => {
      const [differ] = await compare(setting, [one]);
      if (differ) last = { ...differ, one };
      return differ === undefined;
    });
    await fc.check(alone, { ...of, path: String(found.at) });
    return `SLOW_GUARD_SEED=${of.seed} SLOW_GUARD_PEOPLE=${of.numRuns} ${told({ ...last, setting })}`;
  }
  return undefined;
}

// what is not the case says nothing
function told(what: object) {
  const isNothing = (value: unknown) =>
    value === null || value === false || (Array.isArray(value) && value.length === 0);
  return JSON.stringify(what, (_, value: unknown) => (isNothing(value) ? undefined : value), 1);
}
