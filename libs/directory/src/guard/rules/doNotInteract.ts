import { type Asked, type Rule } from '../asked.ts';
import { zonesOfCandidate } from '../candidateZones.ts';

/**
 * A do-not-interact is in force for the candidate's channel, theme and label: read in its own zone, or in every plausible
 * one of the contact, where one is enough (contract: compliance-guard; 12 CFR 1006.14(h): media of communication).
 */
export function doNotInteract({ channel }: Asked): Rule {
  const kinds = `array[${channel}, ${channel} || ':' || c.label]`;
  return {
    needs: ['here', 'around', 'area', 'place', 'doNotInteract'],
    checks: [
      {
        code: 'doNotInteract',
        ruleId: 'do-not-interact',
        refuses: `dni.kinds is not null
          and (dni.kinds && ${kinds} or dni.in_zones and blocked_in_zones(dni.kinds, ${kinds}, ${zonesOfCandidate}))`,
        compared: `'in force for ' || ${channel}`,
      },
    ],
  };
}
