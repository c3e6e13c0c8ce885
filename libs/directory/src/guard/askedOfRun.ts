import { type AudienceScope, type Matching } from '@muster/pipeline/ports';
import { scratchTables } from '../scratchTables.ts';
import { type Asked } from './asked.ts';
import { packsInUse } from './packsInUse.ts';

/** SQL for the channel by which a run's contact c is to be contacted. */
export const channelOfContact = `case c.contact_type when 'phone' then 'voice' when 'email' then 'email' else 'mail' end`;

const hoursFields = ['screening.callFrom', 'screening.callUntil'];

/** What a run asks of the guard, as of noon; undefined where its exporter asks for no screening. */
export function askedOfRun(
  scope: AudienceScope,
  matching: Matching,
  { zones, answers }: Pick<Asked, 'zones' | 'answers'>,
): Asked | undefined {
  const { exporter, timeZone, now, guard } = matching;
  const { checkCanInteractData, contactMatchingCriteria } = exporter;
  if (!checkCanInteractData) return undefined;
  return {
    rows: `(select line, person_key, loan_key from ${scratchTables(scope).checked} where reason is null)`,
    companyId: scope.companyId,
    timeZone,
    zones,
    now,
    atNoon: true,
    theme: checkCanInteractData.theme,
    isAutodialed: checkCanInteractData.isAutodialed,
    channel: channelOfContact,
    channels: channelsOf(contactMatchingCriteria.contactType),
    hasLoans: matching.queryColumns.includes('loanId'),
    tellsHours: exporter.columnSettings.some(({ field }) => hoursFields.includes(field)),
    takesArchived: contactMatchingCriteria.status?.includes('archived') ?? false,
    ownRun: scope.runId,
    answers,
    packs: packsInUse(guard, { timeZone, now }),
  };
}

function channelsOf(types: Matching['exporter']['contactMatchingCriteria']['contactType']) {
  const channels = { phone: 'voice', email: 'email', address: 'mail' } as const;
  return [...new Set(types ?? (['phone', 'email', 'address'] as const))].map((type) => channels[type]);
}
