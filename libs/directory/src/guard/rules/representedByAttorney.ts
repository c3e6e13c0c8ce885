import { type Asked, isCollection, noRule, type Rule } from '../asked.ts';

/** Who has an attorney is spoken to through the attorney (12 CFR 1006.6(b)(2)). */
export function representedByAttorney({ theme }: Asked): Rule {
  if (!isCollection(theme)) return noRule;
  return {
    needs: ['around', 'consents'],
    checks: [
      {
        code: 'representedByAttorney',
        ruleId: 'attorney',
        refuses: `coalesce(around.has_attorney, false) and c.affiliation is distinct from 'attorney'
          and consents.attorney is distinct from 'consented'`,
        compared: `'attorney on record, contactPersonRepByAttorney ' || coalesce(consents.attorney, 'not given')`,
      },
    ],
  };
}
