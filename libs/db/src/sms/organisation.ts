import { type SmsSettings, smsDefaults } from '@muster/messaging/smsCampaign';

/** A company as the SMS API knows it. */
export interface Organisation extends SmsSettings {
  /** The number that stands for it in what is answered. */
  merchantId: number;
}

/** What is stored of a company's settings for texts: what is absent is as the contract has it. */
export interface StoredOrganisation {
  sms: Partial<SmsSettings>;
  merchantId: number;
}

/** SQL for what `organisationOf` reads, of the table `company`. */
export const ORGANISATION = `jsonb_build_object('sms', company.sms, 'merchantId', company.merchant_id)`;

/** The settings of an organisation, with what they are where nobody has said so. */
export function organisationOf({ sms, merchantId }: StoredOrganisation): Organisation {
  return { ...smsDefaults, ...sms, merchantId };
}
