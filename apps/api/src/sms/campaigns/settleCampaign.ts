import { addressFaults } from '@muster/messaging/addressFaults';
import { campaignFaults, type CampaignOwner } from '@muster/messaging/campaignFaults';
import { renderUrl } from '@muster/messaging/renderReply';
import { readSchedule } from '@muster/messaging/scheduleFaults';
import { type CampaignFields, type ScheduleFields } from '@muster/messaging/smsCampaign';
import { type Faults } from '../../collectFaults.ts';
import { type CreateCampaign, type ScheduleBody } from './dto.ts';

/**
 * What a campaign is to say, with what stands for what was left out; what breaks a rule between fields is added to `faults`.
 */
export function settleCampaign(body: CreateCampaign, owner: CampaignOwner, faults: Faults): CampaignFields {
  const campaign = { ...textsOf(body), ...moneyOf(body), ...agreementOf(body), ...settleSchedule(body) };
  const { scheduleType, scheduleSelectedSet } = body; // as they were said: one that was left out, the other as its text
  campaignFaults({ ...campaign, scheduleType, scheduleSelectedSet }, owner).forEach(faults.add);
  const address = campaign.replyTextUrl ?? '';
  if (address.trim() !== '') addressFaults('replyTextUrl', withNumber(address)).forEach(faults.add);
  return campaign;
}

/** The address as some number is sent it. */
function withNumber(replyTextUrl: string) {
  return renderUrl(replyTextUrl, '4520123456');
}

/** A schedule as it is to be kept; without a type: nobody has said one. */
export function settleSchedule(body: ScheduleBody): Partial<ScheduleFields> {
  const { scheduleType, ...fields } = readSchedule(body).fields;
  return { ...(body.scheduleType != null && { scheduleType }), ...fields };
}

function textsOf(body: CreateCampaign) {
  return {
    campaignName: body.campaignName,
    active: body.active,
    replyText: body.replyText,
    replyTextUrl: body.replyTextUrl ?? null,
    urlShortner: body.urlShortner ?? null,
    cancelReplyText: body.cancelReplyText ?? null,
    serviceType: body.serviceType,
    contentType: body.contentType ?? null,
    metaData: body.metaData ?? null,
    targetedAudienceUnderAge: body.targetedAudienceUnderAge === true || body.targetAudienceUnderAge === true, // the careful one counts
    communicationCollectionGuid: body.communicationCollectionGuid ?? null,
    invoiceText: body.invoiceText ?? null,
    revenueText: body.revenueText ?? null,
  };
}

function moneyOf(body: CreateCampaign) {
  return {
    taxDeductable: body.taxDeductable ?? false,
    paymentRequired: body.paymentRequired ?? false,
    amount: body.amount ?? null,
    amountVat: body.amountVat ?? 0,
    amountTotal: body.amountTotal ?? null,
    vatPercentage: body.vatPercentage ?? 0,
    currencyCode: body.currencyCode ?? 'DKK',
    purposeAccountingCode: body.purposeAccountingCode ?? null,
    unit: body.unit ?? null,
    unitPrice: body.unitPrice ?? null,
  };
}

function agreementOf(body: CreateCampaign) {
  return {
    agreementGuid: body.agreementGuid ?? null,
    agreementName: body.agreementName ?? null,
    agreementDescription: body.agreementDescription ?? null,
    agreementType: body.agreementType ?? null,
  };
}
