import { chargeLimits, isDkk } from './chargeLimits.ts';
import { type CampaignFields, type SmsSettings } from './smsCampaign.ts';
import { type SmsCode, smsErrors, type SmsName } from './smsErrors.ts';

/** A charge that is about to be made. Both sums are whole hundredths of the campaign's currency, VAT included. */
export interface PlannedCharge {
  amountTotal: number;
  /**
   * What the number has been charged for the same service in the calendar month of the organisation's zone, in this currency,
   * without what was refused. The service is the agreement of a recurring charge, whatever campaign led to it, and the
   * campaign of a single one.
   */
  chargedThisMonth: number;
}

/** Why a charge is not made. */
export interface ChargeRefusal {
  code: SmsCode;
  message: string;
}

type ChargedCampaign = Pick<
  CampaignFields,
  'serviceType' | 'contentType' | 'targetedAudienceUnderAge' | 'currencyCode'
>;

/**
 * Why the operators' framework refuses a charge; undefined: it may be made (contract: sms-inbound, "Before each charge").
 * Other currencies than DKK have no limit of the framework; an audience under age is never charged again and again, nor more
 * than 30 at once, in any. What reaches a limit to the last hundredth is within it.
 */
export function refuseCharge(
  { amountTotal, chargedThisMonth }: PlannedCharge,
  campaign: ChargedCampaign,
  { isobroMember }: Pick<SmsSettings, 'isobroMember'>,
): ChargeRefusal | undefined {
  const { serviceType, targetedAudienceUnderAge, currencyCode } = campaign;
  if (targetedAudienceUnderAge && serviceType === 'Recurring') {
    return refusal('underAgeLimit', 'nobody under age is charged again and again');
  }
  if (targetedAudienceUnderAge && amountTotal > chargeLimits.atOnceUnderAge) {
    return refusal(
      'underAgeLimit',
      `nobody under age is charged more than ${decimals(chargeLimits.atOnceUnderAge)} at once`,
    );
  }
  if (!isDkk(currencyCode)) return undefined;
  if (amountTotal > chargeLimits.atOnceDkk) {
    return refusal('chargeTooHigh', `nobody is charged more than ${decimals(chargeLimits.atOnceDkk)} DKK at once`);
  }
  const limit = monthlyLimit(campaign, isobroMember);
  if (chargedThisMonth + amountTotal <= limit) return undefined;
  const sum = `${decimals(amountTotal)} DKK and the ${decimals(chargedThisMonth)} of this month`;
  return refusal('monthlyLimitReached', `${sum} would be above the limit of ${decimals(limit)}`);
}

function monthlyLimit({ contentType, targetedAudienceUnderAge }: ChargedCampaign, isobroMember: boolean): number {
  const isDonation = contentType === 'HumanitarianDonation' || contentType === 'NonHumanitarianDonation';
  return Math.min(
    chargeLimits.monthlyDkk,
    isDonation && !isobroMember ? chargeLimits.monthlyDonationDkk : Infinity,
    targetedAudienceUnderAge ? chargeLimits.monthlyUnderAgeDkk : Infinity,
  );
}

function refusal(name: SmsName, message: string): ChargeRefusal {
  return { code: smsErrors[name].code, message };
}

function decimals(hundredths: number) {
  return (hundredths / 100).toFixed(2);
}
