import { type CampaignDraft } from './campaignDraft.ts';
import { smsLimits } from './smsLimits.ts';
import { type SmsFault, smsFault } from './smsFault.ts';

/** What of an agreement's names is too long. */
export function agreementFaults(names: Pick<CampaignDraft, 'agreementName' | 'agreementDescription'>): SmsFault[] {
  return (['agreementName', 'agreementDescription'] as const).flatMap((field) => {
    const length = Array.from(names[field] ?? '').length;
    if (length <= smsLimits[field]) return [];
    return [smsFault('nameTooLong', field, `has ${length} characters: write ${smsLimits[field]} at most`)];
  });
}
