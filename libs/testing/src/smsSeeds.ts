import { type CompanyDatabase } from '@muster/db/openDatabase';
import { insertAgreement } from '@muster/db/sms/smsAgreements';
import { insertSmsCampaign, type StoredFields } from '@muster/db/sms/smsCampaigns';
import { insertKeyword, type NewKeyword } from '@muster/db/sms/smsKeywords';
import { foldWord } from '@muster/messaging/readKeyword';
import { type AgreementType, type ScheduleFields } from '@muster/messaging/smsCampaign';

/** What of a campaign is not as usual. */
export interface NewCampaign extends Partial<StoredFields> {
  active?: boolean;
  /** Of Recurring. */
  type?: AgreementType;
  /** One that is there; else one is made. */
  agreementGuid?: string;
  schedule?: Partial<ScheduleFields>;
}

const paid = { contentType: 'DigitalService', amount: 20, amountTotal: 20, unitPrice: 20 } as const;
const monthly: ScheduleFields = {
  ...{ scheduleType: 'Monthly', scheduleCalendarUnit: null, scheduleBaseTier: null, scheduleFixedDay: null },
  ...{ scheduleEveryOther: null, scheduleSelectedSet: [] },
};

const defaults: StoredFields = {
  ...{
    campaignName: 'Test',
    replyText: 'Thank you',
    replyTextUrl: null,
    urlShortner: null,
    cancelReplyText: 'Goodbye',
  },
  ...{ serviceType: 'Message', contentType: null, metaData: null, targetedAudienceUnderAge: false },
  ...{ taxDeductable: false, paymentRequired: false, amount: null, amountVat: 0, amountTotal: null, vatPercentage: 0 },
  ...{ currencyCode: 'DKK', purposeAccountingCode: null, unit: null, unitPrice: null },
  ...{ agreementName: null, agreementDescription: null, agreementType: null },
  ...{ communicationCollectionGuid: null, invoiceText: 'Gift', revenueText: 'Gifts' },
};

const openKeyword = {
  ...{ active: true, campaignGuid: null, channel: '1217', subKeyword: null },
  ...{ startDate: null, endDate: null, idleText: null },
};

/** Puts campaigns and keywords into a company. */
export function smsSeeds(company: CompanyDatabase) {
  let shortcode = 1216;

  const addCampaign = async (campaign: NewCampaign = {}) => {
    const { active = true, type = 'Personal', schedule, agreementGuid: named, ...fields } = campaign;
    const serviceType = fields.serviceType ?? 'Message';
    const isRecurring = serviceType === 'Recurring';
    const agreement =
      isRecurring && named === undefined
        ? await insertAgreement(company, {
            name: 'Gift',
            description: null,
            type,
            schedule: { ...monthly, ...schedule },
          })
        : undefined;
    const kept = { ...defaults, ...(serviceType === 'Message' ? {} : paid), ...fields, serviceType };
    return insertSmsCampaign(company, {
      fields: kept,
      active,
      agreementGuid: agreement?.agreementGuid ?? named ?? null,
    });
  };
  const addKeyword = (keyword: Partial<NewKeyword> & { keyword: string }) =>
    insertKeyword(company, {
      ...openKeyword,
      ...keyword,
      folded: { keyword: foldWord(keyword.keyword), subKeyword: foldWord(keyword.subKeyword ?? '') },
    });
  return {
    ...{ addCampaign, addKeyword },
    /** A campaign behind the keyword GIV on a shortcode of its own. */
    campaignOnShortcode: async (campaign: NewCampaign = {}) => {
      const channel = String(++shortcode);
      const { campaignGuid } = await addCampaign(campaign);
      const { keywordGuid } = await addKeyword({ keyword: 'GIV', campaignGuid, channel });
      return { channel, campaignGuid, keywordGuid };
    },
  };
}
