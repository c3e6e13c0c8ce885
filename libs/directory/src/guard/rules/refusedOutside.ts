import { quoteLiteral } from '../../sqlText.ts';
import { type Asked, noRule, type Rule } from '../asked.ts';

export const outsideRule = { code: 'refusedOutside', ruleId: 'outside-guard' } as const;
/** What is told of a refusal for which the guard gave no reason, and of an answer that did not come. */
export const noReason = 'no reason given';
export const noAnswer = 'no answer';

/**
 * Another guard that the company names must allow it, too; an answer that did not come is a no. Only what our own rules let
 * through is asked of it, so it speaks only where they are silent (see `judge`).
 */
export function refusedOutside({ answers }: Asked): Rule {
  if (answers === null) return noRule;
  return {
    needs: ['answers'],
    checks: [
      {
        ...outsideRule,
        refuses: `answer.allowed is not true`,
        compared: `case when answer.allowed is null then ${quoteLiteral(noAnswer)} else coalesce(answer.said, ${quoteLiteral(noReason)}) end`,
      },
    ],
  };
}
