import { type InteractionChannel } from '@muster/core/directory';
import { type Asked, type Check, isCollection, onChannels, type Rule } from '../asked.ts';

const electronic: InteractionChannel[] = ['email', 'text', 'chat'];

interface Consent {
  name: string;
  ruleId: string;
  /** The column of the fact. */
  column: string;
  /** SQL for whether the candidate needs it; undefined where none can. */
  needed: string | undefined;
  /** Without a word on record it counts as given. */
  isDefault?: boolean;
}

/**
 * What the person must have agreed to: electronic messages, unless revoked (12 CFR 1006.6(e)); to be contacted at work
 * (12 CFR 1006.6(b)(3)); autodialed calls (47 CFR 64.1200(a)). Refusals for one revoked come before those for one never given.
 */
export function consents(asked: Asked): Rule {
  const consents = consentsFor(asked).filter(({ needed }) => needed !== undefined);
  const revoked = consents.map(({ name, ruleId, column, needed }) =>
    check('consentRevoked', { ruleId, name, refuses: `${needed} and coalesce(consents.${column} = 'revoked', false)` }),
  );
  const missing = consents
    .filter(({ isDefault }) => !isDefault)
    .map(({ name, ruleId, column, needed }) =>
      check('consentMissing', { ruleId, name, refuses: `${needed} and consents.${column} is null` }),
    );
  return { needs: consents.length > 0 ? ['consents'] : [], checks: [...revoked, ...missing] };
}

function consentsFor(asked: Asked): Consent[] {
  const collects = isCollection(asked.theme);
  const atWork = `c.key is not null and (coalesce(c.label = 'work', false) or c.affiliation = 'employer')`;
  return [
    {
      name: 'electronicComms',
      ruleId: 'electronic',
      column: 'electronic',
      needed: onChannels(asked, electronic),
      isDefault: true,
    },
    { name: 'contactPersonWork', ruleId: 'at-work', column: 'work', needed: collects ? atWork : undefined },
    {
      ...{ name: 'autodialedColl', ruleId: 'autodialed', column: 'autodialed' },
      needed: collects && asked.isAutodialed ? onChannels(asked, ['voice']) : undefined,
    },
  ];
}

function check(
  code: 'consentRevoked' | 'consentMissing',
  { ruleId, name, refuses }: { ruleId: string; name: string; refuses: string },
): Check {
  const compared = `'${name} ${code === 'consentRevoked' ? 'revoked' : 'not given'}'`;
  return { code, ruleId, refuses, compared };
}
