import { dateIn } from '@muster/core/calendarDate';
import { type Database } from '@muster/core/database';
import { matchKeyword } from '@muster/messaging/matchKeyword';
import { type InboundWords, readKeyword } from '@muster/messaging/readKeyword';
import { CAMPAIGN, type CandidateKeyword, type Deciding, type LockedMessage } from './deciding.ts';
import { noteError } from './noteError.ts';
import { planCharge } from './planCharge.ts';
import { planReply } from './planReply.ts';
import { signUp } from './signUp.ts';
import { type StoppedKeyword, stopSubscription } from './stopSubscription.ts';

/**
 * Decides what is done for a text that came in, and writes it down, all in the caller's transaction (contract: sms-inbound,
 * "Inbound handling"). What is to be done outside stands in sms_charge and sms_text afterwards.
 */
export async function decideMessage(tx: Database, message: LockedMessage): Promise<void> {
  const deciding = { ...message, today: dateIn(message.organisation.timeZone, message.now) };
  const words = readKeyword(message.text);
  const candidates = await findCandidates(tx, message, words);
  const match = matchKeyword(words, candidates, deciding.today);
  const stopped = words.stop && (await stopSubscription(tx, deciding, { keyword: words.stop.keyword, candidates }));
  await noteDecided(tx, message.guid, stopped ?? match?.keyword);
  if (!words.stop) await answerKeyword(tx, deciding, match);
}

async function answerKeyword(
  tx: Database,
  message: Deciding,
  match: ReturnType<typeof matchKeyword<CandidateKeyword>>,
) {
  if (!match) return noteError(tx, message.guid, KEYWORD_UNKNOWN);
  const { keyword, isWithinDates } = match;
  const { campaign } = keyword;
  if (!isWithinDates || !campaign?.active) return planReply(tx, message, { kind: 'idle', keyword });
  switch (campaign.fields.serviceType) {
    case 'NoResponse':
      return;
    case 'Message':
      return planReply(tx, message, { kind: 'reply', keyword });
    case 'Single':
      return planCharge(tx, message, { keyword, campaign, subscriptionGuid: null });
    case 'Recurring':
      return signUp(tx, message, { keyword, campaign });
  }
}

/** The active keywords of the company on that shortcode that the text may mean; kept from being let go of meanwhile. */
function findCandidates(tx: Database, { companyId, channel }: LockedMessage, words: InboundWords) {
  return tx.query<CandidateKeyword>(
    `select keyword.guid, keyword, sub_keyword as "subKeyword", start_date::text as "keywordStartDate",
       end_date::text as "keywordEndDate", idle_text as "idleText",
       case when campaign.guid is not null then ${CAMPAIGN} end as campaign
     from sms_keyword keyword left join sms_campaign campaign on campaign.guid = keyword.campaign_guid
     where keyword.company_id = $1 and channel = $2 and keyword.active and keyword_folded = any ($3)
     for share of keyword`,
    [companyId, channel, [words.first, words.stop?.keyword ?? ''].filter((word) => word !== '')],
  );
}

/** Says that it is decided, all of it in this transaction, and which keyword and campaign the text is for. */
async function noteDecided(tx: Database, messageGuid: string, keyword: StoppedKeyword | undefined) {
  const campaign = keyword?.campaign;
  await tx.execute(
    `update sms_message set decided_at = clock_timestamp(), keyword_guid = $2, keyword = $3, sub_keyword = $4,
       campaign_guid = $5, meta_data = $6
     where guid = $1`,
    [
      ...[messageGuid, keyword?.guid ?? null, keyword?.keyword || null, keyword?.subKeyword ?? null],
      ...[campaign?.guid ?? null, campaign?.fields.metaData ?? null],
    ],
  );
}

const KEYWORD_UNKNOWN = { code: 'keywordUnknown', message: 'it begins with no keyword of the shortcode' };
