import { type CampaignFields, type ServiceType } from './smsCampaign.ts';

/**
 * A campaign as a client sends it, once each field's own type has been checked; absent and null are the same. Its selected set
 * is still the text that came: `[1,2,3]`.
 */
export type CampaignDraft = {
  [Name in Exclude<keyof CampaignFields, 'serviceType' | 'scheduleSelectedSet'>]?:
    CampaignFields[Name] | null | undefined;
} & {
  serviceType: ServiceType;
  scheduleSelectedSet?: string | null | undefined;
};
