import { dateIn } from '@muster/core/calendarDate';
import { type GuardSettings } from '@muster/core/guardSettings';
import { packInForce } from '@muster/core/rulePacks/packInForce';
import { type PacksInUse } from './asked.ts';

/** The packs by which a company judges at a moment: the versions in effect on its own day. Throws where one is not yet in effect. */
export function packsInUse(
  { rulePack, rulePacksByState }: Pick<GuardSettings, 'rulePack' | 'rulePacksByState'>,
  { timeZone, now }: { timeZone: string; now: Date },
): PacksInUse {
  const today = dateIn(timeZone, now);
  const others = [...new Set(Object.values(rulePacksByState))].filter((name) => name !== rulePack);
  const names = [rulePack, ...others];
  return {
    packs: [packInForce(rulePack, today), ...others.map((name) => packInForce(name, today))],
    ofState: new Map(Object.entries(rulePacksByState).map(([state, name]) => [state, names.indexOf(name)])),
  };
}
