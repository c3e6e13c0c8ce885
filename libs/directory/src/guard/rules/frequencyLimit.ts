import { type FrequencyLimit } from '@muster/core/rulePacks/rulePack';
import { type Asked, type Check, isCounted, noRule, onChannels, type Rule } from '../asked.ts';
import { attemptFacts, attemptsFor } from '../attempts.ts';
import { isJudgedBy } from '../candidateZones.ts';

/** So many attempts in so many hours, and no more: as the packs that hold for the candidate say. */
export function frequencyLimit(asked: Asked): Rule {
  if (!isCounted(asked.theme)) return noRule;
  const checks = asked.packs.packs.flatMap(({ name, frequency }, k) =>
    frequency.flatMap((limit) => checkOf(asked, { limit, name, applies: isJudgedBy(asked, k) })),
  );
  return checks.length === 0 ? noRule : { needs: ['around', 'area', 'place', ...attemptFacts(asked)], checks };
}

function checkOf(
  asked: Asked,
  { limit, name, applies }: { limit: FrequencyLimit; name: string; applies: string },
): Check[] {
  const channel = onChannels(asked, limit.channels);
  if (channel === undefined) return [];
  const { light, normal, heavy } = limit.most;
  const most = `case p.collections_intensity when 'light' then ${light} when 'normal' then ${normal} when 'heavy' then ${heavy} end`;
  const tried = attemptsFor(asked, limit);
  return [
    {
      code: 'frequencyLimit',
      ruleId: `${name}/${limit.id}`,
      refuses: `${applies} and ${channel} and ${placed[limit.places]} and ${tried} >= ${most}`,
      compared: `${tried} || ' of ' || ${most} || ' attempts in ${limit.windowHours} hours'`,
    },
  ];
}

// no contact is named: it may be any
const placed: Record<FrequencyLimit['places'], string> = {
  any: 'true',
  personalOrHome: `(c.key is null or coalesce(c.label in ('personal', 'home'), false))`,
  elsewhere: `(c.key is null or coalesce(c.label not in ('personal', 'home'), true))`,
};
