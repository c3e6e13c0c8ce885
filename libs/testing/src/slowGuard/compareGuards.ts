import { canInteract } from '@muster/directory/guard/canInteract';
import { type SlowCase } from './caseArbitrary.ts';
import { compareRun } from './compareRun.ts';
import { type Disagreement, type GuardBench, isOther } from './disagreement.ts';
import { judgeLoansSlowly, type SlowVerdict } from './judgeSlowly.ts';
import { type SlowSetting } from './settingArbitrary.ts';
import { slowKeys, storePeople } from './storePeople.ts';

const ASKED_ONE_IN = 8; // a single question takes as long as some people of a run

/** Asks the guard and the slow model about all cases by whole runs, and about some one by one; gives where they differ. */
export async function compareGuards(
  bench: GuardBench,
  { first, setting, cases }: { first: number; setting: SlowSetting; cases: readonly SlowCase[] },
): Promise<Disagreement[]> {
  const people = cases.map(({ person }) => person);
  await storePeople(bench.db, { companyId: bench.companyId, first, people });
  const found: Disagreement[] = [];
  for (const run of setting.runs) found.push(...(await compareRun(bench, { first, setting, cases, run })));
  for (const [at, { person, ask }] of cases.entries()) {
    if (at % ASKED_ONE_IN > 0) continue;
    const guard = await askOnce(bench, { key: slowKeys.person(first, at), setting, ask });
    const { companyZone, guard: packs } = setting;
    const model = judgeLoansSlowly(person, { ...ask, companyZone, guard: packs, takesArchived: false, ownRun: null });
    if (isOther(guard, model)) found.push({ at, where: 'the single question', guard, model });
  }
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
  const reasons = [...new Set(verdict.reasons.map(({ code, ruleId }) => `${code} ${ruleId}`))];
  const { callFrom, callUntil } = verdict;
  return { packs: verdict.rulePacks, callFrom, callUntil, reasons };
}
