import { type Theme } from '@muster/core/contactExporter';
import { isLocated } from '../located.ts';
import { type Asked, isCounted, noRule, type Rule } from '../asked.ts';

const mayAskOthers: readonly (Theme | null)[] = [
  'opsCollLocateBorrower',
  'opsCollVerifyEmployment',
  'opsCollContactEmployerNotice',
];
const isThird = `c.key is not null and c.affiliation not in ('self', 'coBorrower', 'attorney')
  and not c.authorized_third_party and not c.power_of_attorney`;

/**
 * A debt is not spoken of with others, unless they are authorized (12 CFR 1006.6(d)(1)); whoever only asks where the
 * borrower is asks once (12 CFR 1006.10(c)), at whichever number of theirs.
 */
export function thirdPartyNotAuthorized({ theme }: Asked): Rule {
  if (!isCounted(theme)) return noRule;
  const compared = `'affiliation ' || c.affiliation`;
  if (theme === 'opsCollLocateBorrower') {
    const refuses = `${isThird} and ${isLocated}`;
    const said = `${compared} || ', asked before'`;
    return {
      needs: ['located'],
      checks: [{ code: 'thirdPartyNotAuthorized', ruleId: 'locate-once', refuses, compared: said }],
    };
  }
  if (mayAskOthers.includes(theme)) return noRule;
  return {
    needs: [],
    checks: [{ code: 'thirdPartyNotAuthorized', ruleId: 'third-party', refuses: isThird, compared }],
  };
}
