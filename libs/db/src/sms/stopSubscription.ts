import { type Database } from '@muster/core/database';
import { matchKeyword } from '@muster/messaging/matchKeyword';
import { cancelSubscription, OPEN_STATES } from './cancelSubscription.ts';
import { CAMPAIGN, type CandidateCampaign, type CandidateKeyword, type Deciding } from './deciding.ts';
import { planReply } from './planReply.ts';

const BY_TEXT = { code: 'STOP', description: 'the number has asked to stop' };

interface Stopping {
  /** As the text names it, folded; empty: a bare STOP. */
  keyword: string;
  candidates: readonly CandidateKeyword[];
}

/** What a STOP is for. Of a subscription that came by no keyword, the guid is null, and its word empty. */
export interface StoppedKeyword extends Pick<CandidateKeyword, 'keyword' | 'subKeyword' | 'idleText' | 'campaign'> {
  guid: string | null;
}

interface OpenSubscription {
  guid: string;
  keyword: StoppedKeyword & { campaign: CandidateCampaign };
}

/**
 * Cancels what a text asks to stop, at once and for nothing; again, it is harmless. A keyword means all that the number has under
 * its agreement, whatever keyword and shortcode it signed up by. A bare STOP, or one beside what is no keyword, does where its
 * number has exactly one subscription on that shortcode: which one is meant nobody could tell else (contract: sms-inbound). Gives
 * the keyword that it is for, so far as that can be told.
 */
export async function stopSubscription(
  tx: Database,
  message: Deciding,
  { keyword, candidates }: Stopping,
): Promise<StoppedKeyword | undefined> {
  const named =
    keyword === '' ? undefined : matchKeyword({ first: keyword, second: '' }, candidates, message.today)?.keyword;
  const agreementGuid = named?.campaign?.agreementGuid ?? null;
  const open = await openOnes(tx, message, agreementGuid);
  const isMeant = ({ keyword: { guid, campaign } }: OpenSubscription) =>
    guid === named?.guid || campaign.agreementGuid === agreementGuid;
  const meant = named ? open.filter(isMeant) : open;
  if (meant.length === 0 || (!named && meant.length > 1)) return named;
  for (const { guid } of meant) await cancelSubscription(tx, guid, BY_TEXT);
  const [{ keyword: stopped } = { keyword: undefined }] = meant;
  if (stopped) await planReply(tx, message, { kind: 'cancelReply', keyword: stopped });
  return stopped;
}

/** The subscriptions of the number on that shortcode, or under an agreement, that are not over: kept for the rest of the transaction. */
function openOnes(
  tx: Database,
  { companyId, msisdn, channel }: Deciding,
  agreementGuid: string | null,
): Promise<OpenSubscription[]> {
  return tx.query<OpenSubscription>(
    `select subscription.guid,
       jsonb_build_object('guid', keyword.guid, 'keyword', coalesce(keyword.keyword, ''),
         'subKeyword', keyword.sub_keyword, 'idleText', keyword.idle_text, 'campaign', ${CAMPAIGN}) as keyword
     from sms_subscription subscription join sms_contact contact on contact.guid = subscription.contact_guid
       join sms_campaign campaign on campaign.guid = subscription.campaign_guid
       left join sms_keyword keyword on keyword.guid = subscription.keyword_guid
     where contact.company_id = $1 and contact.msisdn = $2 and (subscription.channel = $3 or campaign.agreement_guid = $4)
       and subscription.state in ${OPEN_STATES}
     for update of subscription`,
    [companyId, msisdn, channel, agreementGuid],
  );
}
