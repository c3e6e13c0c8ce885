import { doNotInteract } from './doNotInteract.ts';
import { type ScreeningRule } from './screeningRule.ts';

/** The rules in the order in which they give an excluded contact's first reason. */
export const screeningRules: readonly ScreeningRule[] = [doNotInteract];

/** SQL for all reasons that speak against contact c, as an array of codes; null where none does. */
export function reasonsOf(rules: readonly ScreeningRule[]): string {
  if (rules.length === 0) return 'null::text[]';
  const refusals = rules.map(({ refuses }) => `(${refuses}) is not false`);
  const codes = rules.map(({ code }, at) => `case when ${refusals[at] ?? 'true'} then '${code}' end`);
  return `case when ${refusals.join(' or ')} then array_remove(array[${codes.join(', ')}], null) end`;
}
