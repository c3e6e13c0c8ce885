import { addStopInstruction, type StopAddress } from './addStopInstruction.ts';
import { type CampaignDraft } from './campaignDraft.ts';
import { refuseLength } from './refuseLength.ts';
import { renderReply, renderUrl, type ReplyValues } from './renderReply.ts';
import { smsLimits } from './smsLimits.ts';
import { type SmsFault, smsFault } from './smsFault.ts';

/** Of a campaign what its texts are made of. */
export type Replying = Pick<
  CampaignDraft,
  'serviceType' | 'replyText' | 'cancelReplyText' | 'replyTextUrl' | 'urlShortner' | 'amountTotal'
>;

// What a number, a keyword and a channel may be at most. A keyword beyond GSM-7 makes a text take more: it is measured by keywordFaults.
const PHONE = '9'.repeat(smsLimits.phone);
const LONGEST = { keyword: 'W'.repeat(smsLimits.keyword), channel: '9'.repeat(smsLimits.channel) };

/** What each word stands for that only some campaigns have a value for. */
const SOURCES = { url: 'replyTextUrl', amount: 'amountTotal' } as const;

/**
 * What is wrong with a campaign's replies: `[url]` without an address, `[amount]` without an amount, and more than 9 parts. A
 * reply is measured as it is written, and as it will be sent: each word in brackets as its longest value, and with the STOP
 * instruction where it is the text of a recurring charge.
 */
export function replyFaults(campaign: Replying): SmsFault[] {
  const { replyText, cancelReplyText } = campaign;
  const faults = Object.entries({ replyText, cancelReplyText }).flatMap(([field, text]) =>
    unfilledWords(text ?? '', campaign).map(({ word, source, code }) =>
      smsFault(code, source, `is what [${word}] in ${field} stands for: write it, or leave [${word}] out`),
    ),
  );
  const once = faults.filter(({ field }, at) => faults.findIndex((other) => other.field === field) === at);
  return [...once, ...replyLengthFaults(campaign, LONGEST)];
}

/** The words of a text that its campaign has no value for, and the field that it is to come from. */
export function unfilledWords(text: string, campaign: Replying | null) {
  const words = (['url', 'amount'] as const).filter((word) => text.includes(`[${word}]`));
  return words
    .map((word) => ({ word, source: SOURCES[word], code: `${word}Missing` as const }))
    .filter(({ source }) => isBlank(campaign?.[source]));
}

/** A fault for each reply of a campaign that takes more than 9 parts once it is filled, for that keyword. */
export function replyLengthFaults(campaign: Replying, address: StopAddress): SmsFault[] {
  const { replyText, cancelReplyText, serviceType } = campaign;
  const values = longestValues(campaign, address);
  const complaints = {
    replyText: serviceType === 'Recurring' ? refuseNotice(replyText, values, address) : refuseReply(replyText, values),
    cancelReplyText: refuseReply(cancelReplyText, values),
  };
  return Object.entries(complaints).flatMap(([field, message]) =>
    message === undefined ? [] : [smsFault('textTooLong', field, message)],
  );
}

/** What is put into texts for that keyword, each as long as it may be; `campaign` null: there is none. */
export function longestValues(campaign: Replying | null, address: StopAddress): ReplyValues {
  const { replyTextUrl, urlShortner, amountTotal } = campaign ?? {};
  const url = isBlank(urlShortner) ? renderUrl(replyTextUrl ?? '', PHONE) : 'x'.repeat(smsLimits.shortUrl);
  return { ...address, phone: PHONE, url: isBlank(replyTextUrl) ? null : url, amount: amountTotal ?? null };
}

/** Why a text takes more than 9 parts once it is filled; undefined: it does not. */
export function refuseReply(written: string | null | undefined, values: ReplyValues): string | undefined {
  const tooLong = refuseLength(filled(written ?? '', values));
  return tooLong && `takes up to ${tooLong}`;
}

// Where text and instruction do not fit together, it is the text that is cut.
function refuseNotice(written: string | null | undefined, values: ReplyValues, address: StopAddress) {
  const sent = filled(written ?? '', values);
  const isWhole = addStopInstruction(sent, address).startsWith(sent.trimEnd());
  const noRoom = 'leaves no room in 9 parts for the STOP instruction, which is added';
  return refuseReply(written, values) ?? (isWhole ? undefined : noRoom);
}

// What is too long as it is written stays so: to put long values into it many times would take its time.
function filled(written: string, values: ReplyValues) {
  return written.length > smsLimits.septets ? written : renderReply(written, values);
}

function isBlank(value: unknown) {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}
