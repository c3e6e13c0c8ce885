import { type Asked, type Check, type Fact, factNames, reasonCodes, type Rule } from './asked.ts';
import { isJudgedBy, windowOf } from './candidateZones.ts';
import { facts } from './facts.ts';
import { borrowerState } from './rules/borrowerState.ts';
import { consents } from './rules/consents.ts';
import { contactState } from './rules/contactState.ts';
import { doNotInteract } from './rules/doNotInteract.ts';
import { frequencyLimit } from './rules/frequencyLimit.ts';
import { outsideAllowedHours } from './rules/outsideAllowedHours.ts';
import { recentConversation } from './rules/recentConversation.ts';
import { refusedOutside } from './rules/refusedOutside.ts';
import { representedByAttorney } from './rules/representedByAttorney.ts';
import { thirdPartyNotAuthorized } from './rules/thirdPartyNotAuthorized.ts';

const rules: readonly ((asked: Asked) => Rule)[] = [
  doNotInteract,
  representedByAttorney,
  frequencyLimit,
  recentConversation,
  outsideAllowedHours,
  consents,
  contactState,
  thirdPartyNotAuthorized,
  borrowerState,
  refusedOutside,
];

/** The guard's verdict as SQL: what to join to the candidates, and what it says of each. */
export interface Judgement {
  /** What the rules need to look at, in the order of the joins. */
  needs: readonly Fact[];
  joins: string;
  /**
   * What speaks against it, in the order of the reasons: an array of texts, each of the reason's code, the id of its rule and
   * in words what was compared, with a tab between (`said_part` takes them apart); null where nothing does.
   */
  said: string;
  /** The packs that hold, each with its version: `reg-f 1`. */
  packs: string;
  /** The hours of the day in which it may be contacted, where they are wanted. */
  callFrom: string;
  callUntil: string;
}

/** All rules for all candidates at once: one statement for a single question, and for a million. */
export function judge(asked: Asked): Judgement {
  const asking = rules.map((rule) => rule(asked));
  const checks = asking.flatMap((rule) => rule.checks).sort((a, b) => orderOf(a) - orderOf(b));
  const needed = new Set<Fact>(asking.flatMap((rule) => rule.needs));
  const needs = factNames.filter((name) => needed.has(name));
  return {
    needs,
    joins: needs.map((name) => facts[name](asked)).join('\n'),
    said: saidBy(checks),
    packs: packsOf(asked),
    ...windowOf(asked),
  };
}

function orderOf({ code }: Check) {
  return reasonCodes.indexOf(code);
}

// An outside guard is asked only of what our own rules let through: of the rest it has no answer, and that is no reason.
function saidBy(checks: readonly Check[]) {
  const outside = checks.filter(({ code }) => code === 'refusedOutside');
  const own = listOf(checks.filter((check) => !outside.includes(check)));
  return outside.length === 0 ? own : `coalesce(${own}, ${listOf(outside)})`;
}

// What cannot be told refuses: a check that is null is no pass.
function listOf(checks: readonly Check[]) {
  const refusals = checks.map(({ refuses }) => `(${refuses}) is not false`);
  const said = checks.map(
    ({ code, ruleId, compared }, at) =>
      `case when ${refusals[at] ?? 'true'} then e'${code}\\t${ruleId}\\t' || coalesce(${compared}, 'unknown') end`,
  );
  return `case when ${refusals.join(' or ')} then array_remove(array[${said.join(', ')}]::text[], null) end`;
}

function packsOf(asked: Asked) {
  const names = asked.packs.packs.map(
    ({ name, version }, k) => `case when ${isJudgedBy(asked, k)} then '${name} ${version}' end`,
  );
  return names.length === 1 ? (names[0] ?? '') : `concat_ws(', ', ${names.join(', ')})`;
}
