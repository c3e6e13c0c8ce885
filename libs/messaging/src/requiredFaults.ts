import { type CampaignDraft } from './campaignDraft.ts';
import { type SmsFault, smsFault } from './smsFault.ts';

type Field = keyof CampaignDraft;

// The contract's marks: * always, † for what is paid, ‡ for an agreement, whether a campaign makes it or it is made by itself.
const ALWAYS: readonly Field[] = ['campaignName', 'replyText'];
const PAID: readonly Field[] = ['contentType', 'amount', 'amountTotal', 'unitPrice', 'invoiceText', 'revenueText'];
const AGREEMENT = [
  'agreementName',
  'agreementType',
  'scheduleType',
  'scheduleBaseTier',
  'scheduleFixedDay',
  'scheduleEveryOther',
] as const;

/** A fault for each field that a campaign of its service needs and lacks; a blank text counts as none. */
export function requiredFaults(campaign: CampaignDraft): SmsFault[] {
  const { serviceType } = campaign;
  const isRecurring = serviceType === 'Recurring';
  const makesAgreement = isRecurring && isMissing(campaign, 'agreementGuid');
  return [
    ...missing(campaign, ALWAYS, 'is required'),
    ...missing(
      campaign,
      isRecurring || serviceType === 'Single' ? PAID : [],
      `is required where serviceType is ${serviceType}`,
    ),
    ...missing(campaign, makesAgreement ? AGREEMENT : [], 'is required where Recurring names no agreementGuid'),
  ];
}

/** A fault for each field that an agreement needs and lacks. */
export function agreementRequiredFaults(agreement: Pick<CampaignDraft, (typeof AGREEMENT)[number]>): SmsFault[] {
  return missing(agreement, AGREEMENT, 'is required of an agreement');
}

function missing(campaign: Partial<CampaignDraft>, fields: readonly Field[], why: string): SmsFault[] {
  return fields.filter((field) => isMissing(campaign, field)).map((field) => smsFault('invalidField', field, why));
}

function isMissing(campaign: Partial<CampaignDraft>, field: Field): boolean {
  const value = campaign[field];
  // what answers nothing needs to say nothing, as long as it says so
  if (field === 'replyText' && campaign.serviceType === 'NoResponse' && value === '') return false;
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}
