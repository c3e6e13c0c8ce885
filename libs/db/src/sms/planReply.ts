import { type Database } from '@muster/core/database';
import { renderReply, renderUrl } from '@muster/messaging/renderReply';
import { addStopInstruction } from '@muster/messaging/addStopInstruction';
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
  const { campaign, idleText } = keyword;
  if (kind === 'idle') return idleText;
  if (!campaign) return null;
  const { fields } = campaign;
  const template = kind === 'cancelReply' ? fields.cancelReplyText : fields.replyText;
  if (template === null) return null;
  const text = renderReply(template, {
    phone: answered.msisdn,
    url: template.includes('[url]') ? await urlOf(tx, answered, campaign) : null,
    amount: fields.amountTotal,
    keyword: keyword.keyword,
    channel: answered.channel,
  });
  const isRecurringCharge = fields.serviceType === 'Recurring' && kind !== 'cancelReply';
  return isRecurringCharge ? addStopInstruction(text, { keyword: keyword.keyword, channel: answered.channel }) : text;
}

async function urlOf(tx: Database, { companyId, msisdn }: Answered, { fields }: CandidateCampaign) {
  if (fields.replyTextUrl === null) return null;
  const url = renderUrl(fields.replyTextUrl, msisdn);
  return fields.urlShortner === null ? url : makeShortLink(tx, { companyId, url, domain: fields.urlShortner });
}
