import { type CampaignDraft } from './campaignDraft.ts';
import { chargeLimits, isDkk } from './chargeLimits.ts';
import { type Decimal, decimalOf, hundredthsOf, isOff, percentOf, sumOf } from './decimalOf.ts';
import { refuseCharge } from './refuseCharge.ts';
import { plainAmount } from './renderReply.ts';
import { type SmsSettings } from './smsCampaign.ts';
import { smsErrors } from './smsErrors.ts';
import { type SmsFault, smsFault } from './smsFault.ts';

type Membership = Pick<SmsSettings, 'isobroMember'>;

const NEVER_NEGATIVE = ['amount', 'amountVat', 'amountTotal', 'vatPercentage', 'unitPrice'] as const;

/**
 * What is wrong between the amounts of a campaign, and with them for its audience and its organisation. Amounts are decimals: no
 * binary fraction is.
 */
export function amountFaults(campaign: CampaignDraft, organisation: Membership): SmsFault[] {
  const negative = NEVER_NEGATIVE.filter((field) => (campaign[field] ?? 0) < 0);
  if (negative.length > 0) return negative.map((field) => smsFault('invalidField', field, 'must not be below 0'));
  return [
    ...sumFaults(campaign),
    ...heightFaults(campaign),
    ...nothingFaults(campaign),
    ...underAgeFaults(campaign),
    ...donationFaults(campaign, organisation),
  ];
}

function sumFaults({ amount, amountVat, amountTotal, vatPercentage }: CampaignDraft): SmsFault[] {
  if (amount === undefined || amount === null) return [];
  const [net, vat] = [decimalOf(amount), decimalOf(amountVat ?? 0)];
  const faults: SmsFault[] = [];
  const total = sumOf(net, vat);
  if (amountTotal !== undefined && amountTotal !== null && isOff(decimalOf(amountTotal), total)) {
    const message = `must be amount + amountVat: write ${shown(total)}, or mend these`;
    faults.push(smsFault('amountTotalOff', 'amountTotal', message));
  }
  const share = percentOf(decimalOf(vatPercentage ?? 0), net);
  if (isOff(vat, share)) {
    const message = `must be amount x vatPercentage / 100: write ${shown(share)}, or mend these`;
    faults.push(smsFault('amountVatOff', 'amountVat', message));
  }
  return faults;
}

function heightFaults({ amountTotal, currencyCode }: CampaignDraft): SmsFault[] {
  if (!isDkk(currencyCode ?? 'DKK') || !isAbove(amountTotal, chargeLimits.atOnceDkk)) return [];
  return [smsFault('amountTotalTooHigh', 'amountTotal', 'is above what a text may cost in DKK: write 370 at most')];
}

/** Less than half a hundredth is charged as nothing, and no provider of payments charges nothing. */
function nothingFaults(campaign: CampaignDraft): SmsFault[] {
  const { amountTotal } = campaign;
  if (!isPaid(campaign) || amountTotal === undefined || amountTotal === null) return [];
  if (hundredthsOf(decimalOf(amountTotal)) > 0) return [];
  const message = 'must be above 0 where something is paid: write what is charged, or let serviceType be Message';
  return [smsFault('invalidField', 'amountTotal', message)];
}

function isPaid({ serviceType }: CampaignDraft) {
  return serviceType === 'Single' || serviceType === 'Recurring';
}

function underAgeFaults({ targetedAudienceUnderAge, serviceType, amountTotal }: CampaignDraft): SmsFault[] {
  if (targetedAudienceUnderAge !== true) return [];
  if (serviceType === 'Recurring') {
    const message = 'nobody under age may be charged again and again: write Single, or targetedAudienceUnderAge false';
    return [smsFault('underAgeRecurring', 'serviceType', message)];
  }
  if (serviceType !== 'Single' || !isAbove(amountTotal, chargeLimits.atOnceUnderAge)) return [];
  const message =
    'is above what may be asked of an audience under age: write 30 at most, or targetedAudienceUnderAge false';
  return [smsFault('underAgeAmount', 'amountTotal', message)];
}

/** A charge that is above the limit of a month by itself would be refused each time. */
function donationFaults(campaign: CampaignDraft, organisation: Membership): SmsFault[] {
  const { amountTotal, serviceType, contentType = null, currencyCode } = campaign;
  if (!isPaid(campaign)) return [];
  const charged = { serviceType, contentType, targetedAudienceUnderAge: false, currencyCode: currencyCode ?? 'DKK' };
  const planned = { amountTotal: hundredthsOf(decimalOf(amountTotal ?? 0)), chargedThisMonth: 0 };
  const refusal = refuseCharge(planned, charged, organisation);
  if (refusal?.code !== smsErrors.monthlyLimitReached.code) return [];
  const message =
    'is above what a number may be charged in a month for donations to who is no member of ISOBRO: write 200 at most';
  return [smsFault('monthlyLimitReached', 'amountTotal', message)];
}

function isAbove(amount: number | null | undefined, hundredths: number) {
  return (amount ?? 0) > hundredths / 100; // whole numbers: no binary fraction plays in
}

function shown(amount: Decimal) {
  return plainAmount(hundredthsOf(amount) / 100);
}
