import { integer, list, oneOf, pattern, raw, text } from '@muster/core/fields';
import { messageView } from '@muster/db/sms/messageView';
import { getMessage, listMessages, type MessageState, messageStates } from '@muster/db/sms/smsMessages';
import { type ApiDeps } from '../../deps.ts';
import { channel, errorCode, guid, NumberedPageAnswer, NumberedPageQuery, timestamp } from '../fields.ts';
import { msisdn, readMsisdn } from '../readMsisdn.ts';
import { smsOperation, type SmsOperation } from '../smsOperation.ts';
import { textIntake } from './textIntake.ts';

const tag = 'Inbound texts';
const MOST_AT_ONCE = 500;
const LIMIT_BYTES = 2 * 1024 * 1024;
const LONGEST = 10_000;

/** A text that the carrier brings in. */
class InboundText {
  @pattern(/^[\x21-\x7e]{1,100}$/, {
    ...{ message: 'must be 1 to 100 visible characters of ASCII', example: '8f14e45f' },
    description: 'The carrier’s own id of it: one that has come before is the same text, and is not handled again',
  })
  messageId!: string;
  @msisdn({ description: 'Who has sent it: digits, with the country code' })
  msisdn!: string;
  @channel({ description: 'The shortcode that it was sent to' }) channel!: string;
  @raw(
    { type: 'string', maxLength: LONGEST },
    { description: 'As it was written', rule: refuseText, example: 'GIV 50' },
  )
  text!: string;
}

class InboundTexts {
  @list(() => InboundText, { min: 1, max: MOST_AT_ONCE }) list!: InboundText[];
}

class StoredText {
  @text({ description: 'The carrier’s own id' }) messageId!: string;
  @guid({ description: 'By which it is known here' }) messageGuid!: string;
}

class MessageAnswer {
  @guid() messageGuid!: string;
  @timestamp({ description: 'When it came in' }) createdTs!: string;
  @channel({ description: 'The shortcode that it was sent to' }) channel!: string;
  @guid({ nullable: true, description: 'The keyword that it began with' }) keywordGuid!: string | null;
  @text({ nullable: true }) keyword!: string | null;
  @text({ nullable: true }) subKeyword!: string | null;
  @raw({ type: 'string' }, { description: 'As it was written' }) receivedText!: string;
  @oneOf(messageStates) state!: MessageState;
  @text({ description: 'Who has sent it' }) msisdn!: string;
  @integer({ description: 'Of the organisation' }) merchantId!: number;
  @guid({ nullable: true, description: 'The campaign that has handled it' }) campaignGuid!: string | null;
  @raw({ type: ['string', 'null'] }, { description: 'The campaign’s' }) metaData!: string | null;
  @timestamp({ nullable: true, description: 'When it was handled' }) processedTs!: string | null;
  @errorCode({ description: 'Why its state is Error' }) errorCode!: string | null;
  @text({ nullable: true, max: 1_000, description: 'The same, for people' }) errorDescription!: string | null;
}

class MessagesAnswer extends NumberedPageAnswer {
  @list(() => MessageAnswer) list!: MessageAnswer[];
}

/** Texts that come in. */
export function messageOperations(deps: Pick<ApiDeps, 'onMessagesStored' | 'log'>): SmsOperation[] {
  return [listAll, getOne, receive(textIntake(deps))];
}

const listAll = smsOperation({
  ...{ name: 'listInboundMessages', summary: 'List the texts that came in', tag, method: 'get', path: '/SmsMO' },
  description: 'Newest first.',
  scope: 'sms:read',
  query: NumberedPageQuery,
  answer: { object: MessagesAnswer },
  handle: async ({ company, organisation, query }) => {
    const { pageNumber, pageSize } = query;
    const rows = await listMessages(company, { pageNumber, pageSize });
    return { pageNumber, pageSize, list: rows.map((row) => messageView(row, organisation)) };
  },
});

const getOne = smsOperation({
  ...{
    name: 'getInboundMessage',
    summary: 'Get a text that came in',
    tag,
    method: 'get',
    path: '/SmsMO/{messageGuid}',
  },
  scope: 'sms:read',
  answer: { object: MessageAnswer },
  refusals: ['messageNotFound'],
  handle: async ({ company, organisation, params }) =>
    messageView(await getMessage(company, params.messageGuid), organisation),
});

const receive = (store: ReturnType<typeof textIntake>) =>
  smsOperation({
    ...{ name: 'receiveMessages', summary: 'Bring texts in', tag, method: 'post', path: '/SmsMO' },
    description:
      'The carrier’s webhook: one text or a list of them. 200 says that all are stored; they are handled afterwards, those of ' +
      'one number in the order in which they came. With a key of the role `carrier`, and no other.',
    scope: 'carrier',
    body: { json: InboundText, orListIn: InboundTexts, limit: LIMIT_BYTES },
    answer: { list: StoredText },
    refusals: ['invalidMsisdn'],
    handle: async ({ company, body, faults }) => {
      const { list: texts } = body as unknown as InboundTexts;
      const incoming = texts.map(({ messageId: carrierId, msisdn: number, channel: shortcode, text: written }, at) => ({
        ...{ carrierId, channel: shortcode, text: storable(written) },
        msisdn: readMsisdn(number, { field: `[${at}].msisdn`, faults }),
      }));
      faults.throwAny();
      const stored = await store(company, incoming);
      return stored.map(({ messageGuid }, at) => ({ messageId: texts[at]?.messageId, messageGuid }));
    },
  });

function refuseText(value: unknown) {
  if (typeof value === 'string' && value.length <= LONGEST) return undefined;
  return { code: 'invalidField', message: `must be a text of at most ${LONGEST} characters` };
}

/** What PostgreSQL cannot keep: a text that somebody has sent must not be lost for it. */
function storable(written: string): string {
  return written.replaceAll('\u0000', '').replaceAll(/\p{Cs}/gu, '\ufffd');
}
