import { type CalendarDate } from '@muster/core/calendarDate';
import { type Organisation } from './organisation.ts';
import { type StoredFields } from './smsCampaigns.ts';

/** A keyword that a text may begin with, and its campaign as it is now. */
export interface CandidateKeyword {
  guid: string;
  keyword: string;
  subKeyword: string | null;
  keywordStartDate: CalendarDate | null;
  keywordEndDate: CalendarDate | null;
  idleText: string | null;
  campaign: CandidateCampaign | null;
}

export interface CandidateCampaign {
  guid: string;
  active: boolean;
  agreementGuid: string | null;
  fields: StoredFields;
}

/** SQL for a `CandidateCampaign`, of the table `sms_campaign` as `campaign`. */
export const CAMPAIGN = `jsonb_build_object('guid', campaign.guid, 'active', campaign.active,
  'agreementGuid', campaign.agreement_guid, 'fields', campaign.fields)`;

/** All that a decision about a text is made of. */
export interface Deciding extends LockedMessage {
  today: CalendarDate;
}

/** A text as whoever decides about it needs it. */
export interface LockedMessage {
  guid: string;
  companyId: string;
  channel: string;
  msisdn: string;
  text: string;
  isDecided: boolean;
  organisation: Organisation;
  /** By the database's clock. */
  now: Date;
}
