import { type Fault, InvalidInput } from '@muster/core/errors';
import { integer, list, oneOf, pattern, raw, text } from '@muster/core/fields';
import { type Log } from '@muster/core/log';
import { messageView } from '@muster/db/sms/messageView';
import {
  getMessage,
  type IncomingText,
  listMessages,
  type MessageState,
  messageStates,
} from '@muster/db/sms/smsMessages';
import { type ApiDeps } from '../../deps.ts';
import { codeOfFault } from '../codeOfFault.ts';
import { channel, errorCode, guid, NumberedPageAnswer, NumberedPageQuery, timestamp } from '../fields.ts';
import { type Entry } from '../readEntries.ts';
import { msisdn, readMsisdn } from '../readMsisdn.ts';
import { smsOperation, type SmsOperation } from '../smsOperation.ts';
import { textIntake } from './textIntake.ts';

const tag = 'Inbound texts';
const MOST_AT_ONCE = 500;
const LIMIT_BYTES = 2 * 1024 * 1024;
const LONGEST = 10_000;
const MOST_TOLD = 10; // of one that is malformed

const CARRIER_ID = /^[\x21-\x7e]{1,100}$/;

/** A text that the carrier brings in. */
class InboundText {
  @pattern(CARRIER_ID, {
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

class StoredText {
  @text({ nullable: true, description: 'The carrier’s own id' }) messageId!: string | null;
  @guid({ nullable: true, description: 'By which it is known here; null: it is not stored' }) messageGuid!:
    string | null;
  @errorCode({ optional: true, description: 'Why it is not stored, and never will be as it is' }) errorCode?: string;
  @text({ optional: true, max: 10_000, description: 'The same, for people' }) errorDescription?: string;
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
  return [listAll, getOne, receive(textIntake(deps), deps.log)];
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

const receive = (store: ReturnType<typeof textIntake>, log: Log) =>
  smsOperation({
    ...{ name: 'receiveMessages', summary: 'Bring texts in', tag, method: 'post', path: '/SmsMO' },
    description:
      'The carrier’s webhook: one text or a list of them. 200 says of each that has a `messageGuid` that it is stored; they are ' +
      'handled afterwards, those of one number in the order in which they came. A malformed one among others has an `errorCode` in ' +
      'its place, and is not to be brought again as it is; 400 where none is well-formed. With a key of the role `carrier`, and no other.',
    scope: 'carrier',
    body: { json: InboundText, most: MOST_AT_ONCE, limit: LIMIT_BYTES },
    answer: { list: StoredText },
    refusals: ['invalidMsisdn'],
    handle: async ({ company, caller: { companyId }, body, requestId }) => {
      const { list: entries } = body as unknown as { list: Entry<InboundText>[] };
      const read = entries.map(readText);
      const faults = read.flatMap((one) => ('faults' in one ? one.faults : []));
      const texts = read.flatMap((one) => ('text' in one ? one.text : []));
      if (texts.length === 0) throw new InvalidInput(faults);
      if (texts.length < read.length) {
        const codes = [...new Set(faults.map(codeOfFault))].join(' ');
        log.warn('messages.refused', { requestId, companyId, count: read.length - texts.length, codes });
      }
      const stored = (await store(company, texts)).values();
      return read.map((one) => ('faults' in one ? refusedText(one) : storedText(one.text, stored.next().value)));
    },
  });

interface MalformedText {
  given: unknown;
  faults: Fault[];
}

function readText(entry: Entry<InboundText>): { text: IncomingText } | MalformedText {
  if (!('value' in entry)) return entry;
  const { messageId: carrierId, channel: shortcode, text: written, msisdn: number } = entry.value;
  const faults: Fault[] = [];
  const add = (fault: Fault) => void faults.push(fault);
  const read = readMsisdn(number, { field: `${entry.path}msisdn`, faults: { add } });
  if (faults.length > 0) return { given: entry.value, faults };
  return { text: { carrierId, channel: shortcode, text: storable(written), msisdn: read } };
}

function storedText({ carrierId }: IncomingText, stored: { messageGuid: string } | undefined): StoredText {
  if (!stored) throw new Error('a text was not stored');
  return { messageId: carrierId, messageGuid: stored.messageGuid };
}

function refusedText({ given, faults }: MalformedText): StoredText {
  const { messageId } = (given ?? {}) as { messageId?: unknown };
  const { message: errorDescription } = new InvalidInput(faults.slice(0, MOST_TOLD));
  return {
    messageId: typeof messageId === 'string' && CARRIER_ID.test(messageId) ? messageId : null,
    messageGuid: null,
    ...{ errorCode: codeOfFault(faults[0]), errorDescription },
  };
}

function refuseText(value: unknown) {
  if (typeof value === 'string' && value.length <= LONGEST) return undefined;
  return { code: 'invalidField', message: `must be a text of at most ${LONGEST} characters` };
}

/** What PostgreSQL cannot keep: a text that somebody has sent must not be lost for it. */
function storable(written: string): string {
  return written.replaceAll('\u0000', '').replaceAll(/\p{Cs}/gu, '\ufffd');
}
