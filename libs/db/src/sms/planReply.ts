import { type Database } from '@muster/core/database';
import { renderReply, renderUrl } from '@muster/messaging/renderReply';
import { addStopInstruction } from '@muster/messaging/addStopInstruction';
import { fitParts } from '@muster/messaging/fitParts';
import { type CandidateCampaign, type CandidateKeyword } from './deciding.ts';
import { makeShortLink } from './shortLinks.ts';

/** Whom a reply goes to, and what it answers. */
interface Answered {
  guid: string;
  companyId: string;
  channel: string;
  msisdn: string;
}

type ReplyKind = 'reply' | 'idle' | 'cancelReply' | 'notice';

interface Reply {
  kind: ReplyKind;
  keyword: Pick<CandidateKeyword, 'keyword' | 'idleText' | 'campaign'>;
  /** The charge that it tells of, where no text that came in asks for it. */
  chargeGuid?: string;
}

/** Writes down what a text that came in, or a charge, is answered, once for each kind: sent afterwards. */
export async function planReply(tx: Database, answered: Answered, { kind, keyword, chargeGuid }: Reply): Promise<void> {
  const text = await textOf(tx, answered, { kind, keyword });
  if (text === null) return;
  await tx.execute(
    `insert into sms_text (company_id, kind, message_guid, charge_guid, channel, msisdn, text)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    [
      ...[answered.companyId, kind, chargeGuid === undefined ? answered.guid : null, chargeGuid ?? null],
      ...[answered.channel, answered.msisdn, text],
    ],
  );
}

async function textOf(tx: Database, answered: Answered, { kind, keyword }: Reply): Promise<string | null> {
  const { campaign } = keyword;
  const template = templateOf(kind, keyword);
  if (template === null || template.trim() === '') return null;
  const address = { keyword: keyword.keyword, channel: answered.channel };
  const text = renderReply(template, {
    ...address,
    phone: answered.msisdn,
    url: campaign && template.includes('[url]') ? await urlOf(tx, answered, campaign) : null,
    amount: campaign?.fields.amountTotal ?? null,
  });
  const isRecurringCharge = campaign?.fields.serviceType === 'Recurring' && (kind === 'reply' || kind === 'notice');
  return isRecurringCharge ? addStopInstruction(text, address) : fitParts(text);
}

function templateOf(kind: ReplyKind, { campaign, idleText }: Reply['keyword']): string | null {
  if (kind === 'idle') return idleText;
  return (kind === 'cancelReply' ? campaign?.fields.cancelReplyText : campaign?.fields.replyText) ?? null;
}

async function urlOf(tx: Database, { companyId, msisdn }: Answered, { fields }: CandidateCampaign) {
  if (fields.replyTextUrl === null) return null;
  const url = renderUrl(fields.replyTextUrl, msisdn);
  return fields.urlShortner === null ? url : makeShortLink(tx, { companyId, url, domain: fields.urlShortner });
}
