import { type Asked, type Check, isCollection, noRule, type Rule } from '../asked.ts';

/** Nothing is collected of who is inactive, or for a loan that is over; a charged-off loan is still collected. */
export function borrowerState({ theme, hasLoans }: Asked): Rule {
  if (!isCollection(theme)) return noRule;
  const borrower: Check = {
    ...{ code: 'borrowerInactive', ruleId: 'borrower-active' },
    refuses: `p.status = 'inactive'`,
    compared: `'status inactive'`,
  };
  const loan: Check = {
    ...{ code: 'loanNotActive', ruleId: 'loan-active' },
    refuses: `r.loan_key is not null and l.status in ('paidOff', 'closed')`,
    compared: `'status ' || l.status`,
  };
  return hasLoans ? { needs: ['loan'], checks: [borrower, loan] } : { needs: [], checks: [borrower] };
}
