import { addStopInstruction } from './addStopInstruction.ts';
import { type CampaignDraft } from './campaignDraft.ts';
import { refuseLength } from './refuseLength.ts';
import { renderReply, renderUrl, type ReplyValues } from './renderReply.ts';
import { smsLimits } from './smsLimits.ts';
import { type SmsFault, smsFault } from './smsFault.ts';

// What a number, a keyword and a channel may be at most: what is measured with them fits whoever it is sent to.
const PHONE = '9'.repeat(smsLimits.phone);
const ADDRESS = { keyword: 'W'.repeat(smsLimits.keyword), channel: '9'.repeat(smsLimits.channel) };

/**
 * What is wrong with a campaign's replies: `[url]` without an address, and more than 9 parts. A reply is measured as it is
 * written, and as it will be sent: each word in brackets as its longest value, and with the STOP instruction where it is the
 * text of a recurring charge.
 */
export function replyFaults(campaign: CampaignDraft): SmsFault[] {
  const { replyText, replyTextUrl, cancelReplyText, serviceType } = campaign;
  const faults: SmsFault[] = [];
  const texts = Object.entries({ replyText, cancelReplyText });
  const [field] = texts.find(([, text]) => text?.includes('[url]')) ?? [];
  if (isBlank(replyTextUrl) && field !== undefined) {
    const message = `is what [url] in ${field} stands for: write it, or leave [url] out`;
    faults.push(smsFault('urlMissing', 'replyTextUrl', message));
  }
  const values = longestValues(campaign);
  const reply = { written: replyText ?? '', values, isRecurring: serviceType === 'Recurring' };
  const goodbye = { written: cancelReplyText ?? '', values, isRecurring: false };
  return [...faults, ...lengthFaults('replyText', reply), ...lengthFaults('cancelReplyText', goodbye)];
}

interface Reply {
  written: string;
  values: ReplyValues;
  isRecurring: boolean;
}

function lengthFaults(field: string, { written, values, isRecurring }: Reply): SmsFault[] {
  const message = lengthComplaint({ written, values, isRecurring });
  return message === undefined ? [] : [smsFault('textTooLong', field, message)];
}

function lengthComplaint({ written, values, isRecurring }: Reply): string | undefined {
  // What is too long as it is written stays so: to put long values into it many times would take its time.
  const sent = written.length > smsLimits.septets ? written : renderReply(written, values);
  const tooLong = refuseLength(sent);
  if (tooLong !== undefined) return `takes up to ${tooLong}`;
  return isRecurring && losesText(sent)
    ? 'leaves no room in 9 parts for the STOP instruction, which is added'
    : undefined;
}

// Where text and instruction do not fit together, it is the text that is cut.
function losesText(text: string) {
  return !addStopInstruction(text, ADDRESS).startsWith(text.trimEnd());
}

function longestValues({ amount, amountTotal, replyTextUrl, urlShortner }: CampaignDraft): ReplyValues {
  const isShortened = urlShortner !== undefined && urlShortner !== null;
  const url = isShortened ? 'x'.repeat(smsLimits.shortUrl) : renderUrl(replyTextUrl ?? '', PHONE);
  return {
    ...ADDRESS,
    phone: PHONE,
    url: isBlank(replyTextUrl) ? null : url,
    amount: amountTotal ?? amount ?? null,
  };
}

function isBlank(text: string | null | undefined) {
  return text === undefined || text === null || text.trim() === '';
}
