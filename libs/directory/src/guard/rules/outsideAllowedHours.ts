import { type Asked, type Rule } from '../asked.ts';
import { isInside, isJudgedBy, zonesOfCandidate } from '../candidateZones.ts';
import { momentOf } from '../clocks.ts';

/**
 * Within the pack's hours in every plausible zone of the contact (12 CFR 1006.6(b)(1)(i), comment 6(b)(1)(i)-2), unless
 * the person has consented to unusual times.
 */
export function outsideAllowedHours(asked: Asked): Rule {
  return {
    needs: ['here', 'around', 'area', 'place', 'personZone', 'consents'],
    checks: asked.packs.packs.map(({ name, hours }, k) => ({
      code: 'outsideAllowedHours' as const,
      ruleId: `${name}/hours`,
      refuses: `${isJudgedBy(asked, k)} and consents.unusual is distinct from 'consented' and not (${isInside(k)})`,
      compared: `'at ${momentOf(asked).toISOString()} not ${hours.from} to ${hours.until} in all of ' || sort_names(${zonesOfCandidate})::text`,
    })),
  };
}
