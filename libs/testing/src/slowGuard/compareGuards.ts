import { canInteract } from '@muster/directory/guard/canInteract';
import { type SlowCase } from './caseArbitrary.ts';
import { compareRun } from './compareRun.ts';
import { type Disagreement, type GuardBench, isOther } from './disagreement.ts';
import { judgeLoansSlowly, type SlowVerdict } from './judgeSlowly.ts';
import { type SlowSetting } from './settingArbitrary.ts';
import { slowKeys } from './storePeople.ts';

const ASKED_ONE_IN = 8; // a single question takes as long as some people of a run
const AT_ONCE = 4; // while the database thinks about one, the model does about another

/** Asks the guard and the slow model about all cases, stored from a key on, by whole runs, and about some one by one; gives where they differ. */
export async function compareGuards(bench: GuardBench, { first, setting, cases }: Asking): Promise<Disagreement[]> {
  const runs = setting.runs.map((run, at) => compareRun(bench, { first, setting, cases, run, attempt: at + 1 }));
  const found = await Promise.all([...runs, compareAnswers(bench, { first, setting, cases })]);
  return found.flat();
}

interface Asking {
  first: number;
  setting: SlowSetting;
  cases: readonly SlowCase[];
}

async function compareAnswers(bench: GuardBench, { first, setting, cases }: Asking): Promise<Disagreement[]> {
  const { companyZone, guard: packs } = setting;
  const compare = async ({ at, person, ask }: SlowCase & { at: number }): Promise<Disagreement[]> => {
    const asking = askOnce(bench, { key: slowKeys.person(first, at), setting, ask });
    const model = judgeLoansSlowly(person, { ...ask, companyZone, guard: packs, takesArchived: false, ownRun: null });
    const guard = await asking;
    return isOther(guard, model) ? [{ at, where: 'the single question', guard, model }] : [];
  };
  const asked = cases.map((one, at) => ({ ...one, at })).filter(({ at }) => at % ASKED_ONE_IN === 0);
  const found: Disagreement[] = [];
  for (let n = 0; n < asked.length; n += AT_ONCE)
    found.push(...(await Promise.all(asked.slice(n, n + AT_ONCE).map(compare))).flat());
  return found;
}

async function askOnce(
  { db, companyId }: GuardBench,
  { key, setting, ask }: { key: number; setting: SlowSetting; ask: SlowCase['ask'] },
): Promise<SlowVerdict> {
  const { companyZone: timeZone, guard } = setting;
  const { loans, contact, atNoon, ...what } = ask;
  const keyed = (at: number) => String(slowKeys.ofPerson(key, at));
  const verdict = await canInteract(db, {
    ...{ companyId, timeZone, guard, personKey: String(key), ...what, checkAtCompanyNoon: atNoon },
    ...{ loanKeys: loans.map(keyed), contactKey: contact === null ? null : keyed(contact) },
  });
  if (verdict.allowed !== (verdict.reasons.length === 0)) throw new Error('a verdict is at odds with its reasons');
  const reasons = verdict.reasons.map(({ code, ruleId, compared }) => `${code} ${ruleId}: ${compared}`);
  const { callFrom, callUntil } = verdict;
  return { packs: verdict.rulePacks, callFrom, callUntil, reasons };
}
