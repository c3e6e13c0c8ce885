import { type CampaignDraft } from './campaignDraft.ts';
import { type SmsFault, smsFault } from './smsFault.ts';

type Field = keyof CampaignDraft;

// The contract's marks: * always, † for what is paid, ‡ for an agreement that the campaign makes itself.
const ALWAYS: readonly Field[] = ['campaignName', 'replyText'];
const PAID: readonly Field[] = ['contentType', 'amount', 'amountTotal', 'unitPrice', 'invoiceText', 'revenueText'];
const OWN_AGREEMENT: readonly Field[] = [
  'agreementName',
  'agreementType',
  'scheduleType',
  'scheduleBaseTier',
  'scheduleFixedDay',
  'scheduleEveryOther',
];

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
    ...missing(campaign, makesAgreement ? OWN_AGREEMENT : [], 'is required where Recurring names no agreementGuid'),
  ];
}

function missing(campaign: CampaignDraft, fields: readonly Field[], why: string): SmsFault[] {
  return fields.filter((field) => isMissing(campaign, field)).map((field) => smsFault('invalidField', field, why));
}

function isMissing(campaign: CampaignDraft, field: Field): boolean {
  const value = campaign[field];
  // what answers nothing needs to say nothing, as long as it says so
  if (field === 'replyText' && campaign.serviceType === 'NoResponse' && value === '') return false;
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}
