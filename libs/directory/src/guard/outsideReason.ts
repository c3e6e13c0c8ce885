import { type OutsideAnswer } from '@muster/pipeline/outsideGuard';
import { type Reason } from './canInteract.ts';
import { noAnswer, noReason, outsideRule } from './rules/refusedOutside.ts';

/** What an outside guard's answer to a single question says against it, in the words of a run; undefined where it allows it. */
export function outsideReason(answer: OutsideAnswer | undefined): Reason | undefined {
  if (answer?.allowed) return undefined;
  return { ...outsideRule, compared: answer ? (answer.said ?? noReason) : noAnswer };
}
