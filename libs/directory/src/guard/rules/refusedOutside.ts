import { type Asked, noRule, type Rule } from '../asked.ts';

/** Another guard that the company names must allow it, too; an answer that did not come is a no. */
export function refusedOutside({ answers }: Asked): Rule {
  if (answers === null) return noRule;
  return {
    needs: ['answers'],
    checks: [
      {
        code: 'refusedOutside',
        ruleId: 'outside-guard',
        refuses: `answer.allowed is not true`,
        compared: `coalesce(answer.said, 'no answer')`,
      },
    ],
  };
}
