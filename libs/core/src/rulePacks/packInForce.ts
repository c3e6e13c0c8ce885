import { massachusetts } from './massachusetts.ts';
import { regF } from './regF.ts';
import { type RulePack, type RulePackName } from './rulePack.ts';

/** All versions of all packs: a new version is a new entry, so that old verdicts can still be read. */
export const rulePacks: readonly RulePack[] = [regF, massachusetts];

/**
 * The version of a pack that holds on a day (YYYY-MM-DD): the latest that is in effect by then. Throws where none is: a
 * verdict without numbers would be a guess.
 */
export function packInForce(name: RulePackName, day: string, packs = rulePacks): RulePack {
  const [latest] = packs
    .filter((pack) => pack.name === name && pack.effectiveFrom <= day)
    .sort((a, b) => b.effectiveFrom.localeCompare(a.effectiveFrom));
  if (!latest) throw new Error(`no version of the rule pack ${name} is in effect on ${day}`);
  return latest;
}
