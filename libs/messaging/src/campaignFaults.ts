import { type CalendarDate } from '@muster/core/calendarDate';
import { agreementFaults } from './agreementFaults.ts';
import { amountFaults } from './amountFaults.ts';
import { type CampaignDraft } from './campaignDraft.ts';
import { replyFaults } from './replyFaults.ts';
import { requiredFaults } from './requiredFaults.ts';
import { scheduleFaults } from './scheduleFaults.ts';
import { type SmsSettings } from './smsCampaign.ts';
import { type SmsFault, smsFault } from './smsFault.ts';

/** What rules ask of the organisation that makes a campaign. */
export interface CampaignOwner extends Pick<SmsSettings, 'isobroMember'> {
  /** By its calendar. */
  today: CalendarDate;
}

/**
 * All that is wrong with a campaign between its fields, what is missing first (contract: sms-inbound, "Campaign properties");
 * empty: it can be made.
 */
export function campaignFaults(campaign: CampaignDraft, organisation: CampaignOwner): SmsFault[] {
  return [
    ...requiredFaults(campaign),
    ...amountFaults(campaign, organisation),
    ...replyFaults(campaign),
    ...metaDataFaults(campaign),
    ...agreementFaults(campaign),
    ...scheduleFaults(campaign, organisation.today),
  ];
}

function metaDataFaults({ metaData }: CampaignDraft): SmsFault[] {
  if (metaData === undefined || metaData === null || isJsonObject(metaData)) return [];
  return [smsFault('notMetaData', 'metaData', 'must be a JSON object as text, for instance {"source":"leaflet"}')];
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
