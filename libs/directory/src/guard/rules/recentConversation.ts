import { type Asked, type Check, isCounted, noRule, nowOf, onChannels, type Rule } from '../asked.ts';
import { attemptFacts, conversationFor } from '../attempts.ts';
import { isJudgedBy } from '../candidateZones.ts';

/** After a conversation nobody calls again for a while (12 CFR 1006.14(b)(2)(i)(B)). */
export function recentConversation(asked: Asked): Rule {
  if (!isCounted(asked.theme)) return noRule;
  const last = conversationFor(asked);
  const checks = asked.packs.packs.flatMap(({ name, conversation: { channels, windowHours } }, k): Check[] => {
    const channel = onChannels(asked, channels);
    if (channel === undefined) return [];
    const isRecent = `coalesce(${last} >= ${nowOf(asked)} - interval '${windowHours} hours', false)`;
    return [
      {
        code: 'recentConversation',
        ruleId: `${name}/conversation`,
        refuses: `${isJudgedBy(asked, k)} and ${channel} and ${isRecent}`,
        compared: `'spoken ' || floor(extract(epoch from ${nowOf(asked)} - ${last}) / 3600) || ' of ${windowHours} hours ago'`,
      },
    ];
  });
  return checks.length === 0 ? noRule : { needs: ['around', 'area', 'place', ...attemptFacts(asked)], checks };
}
