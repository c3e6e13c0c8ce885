import { NotFound } from '@muster/core/errors';
import { type CompanyDatabase } from '../openDatabase.ts';
import { type NumberedPage, readNumberedPage } from './numberedPages.ts';

export const messageStates = ['Received', 'Processed', 'Error'] as const;
export type MessageState = (typeof messageStates)[number];

/** A text that came in. */
export interface MessageRow {
  messageGuid: string;
  createdAt: Date;
  channel: string;
  keywordGuid: string | null;
  keyword: string | null;
  subKeyword: string | null;
  receivedText: string;
  state: MessageState;
  msisdn: string;
  campaignGuid: string | null;
  metaData: string | null;
  processedAt: Date | null;
  errorCode: string | null;
  errorDescription: string | null;
}

/** A text as the carrier brings it in. */
export interface IncomingText {
  /** The carrier's own id of it: one that has come before is the same text. */
  carrierId: string;
  channel: string;
  /** Digits only, with the country code. */
  msisdn: string;
  text: string;
}

/** SQL for the columns of a MessageRow. */
export const messageColumns = `guid as "messageGuid", created_at as "createdAt", channel, keyword_guid as "keywordGuid", keyword,
  sub_keyword as "subKeyword", received_text as "receivedText", state, msisdn, campaign_guid as "campaignGuid",
  meta_data as "metaData", processed_at as "processedAt", error_code as "errorCode", error_description as "errorDescription"`;

/** What became of a text that was to be stored. */
export interface StoredMessage {
  messageGuid: string;
  isNew: boolean;
  /** Its id stands for a text with other words, number or channel: that one is kept, and this one is not. */
  isOther: boolean;
}

/** Stores texts in the order in which they stand, those that have come before not again. */
export async function storeMessages(db: CompanyDatabase, texts: readonly IncomingText[]): Promise<StoredMessage[]> {
  const stored = await db.query<{ guid: string; carrierId: string }>(
    `insert into sms_message (company_id, carrier_id, channel, msisdn, received_text)
     select $1, "carrierId", channel, msisdn, text
     from rows from (jsonb_to_recordset($2::jsonb) as ("carrierId" text, channel text, msisdn text, text text))
       with ordinality as came ("carrierId", channel, msisdn, text, at)
     order by at on conflict (company_id, carrier_id) do nothing
     returning guid, carrier_id as "carrierId"`,
    [db.companyId, JSON.stringify(texts)],
  );
  const fresh = new Map(stored.map(({ carrierId, guid }) => [carrierId, guid]));
  const missing = texts.filter(({ carrierId }) => !fresh.has(carrierId));
  const early = missing.length === 0 ? [] : await findByCarrierIds(db, missing);
  const first = new Map<string, IncomingText & { guid: string; isNew: boolean }>();
  for (const text of texts) {
    const guid = fresh.get(text.carrierId);
    if (guid !== undefined && !first.has(text.carrierId)) first.set(text.carrierId, { ...text, guid, isNew: true });
  }
  for (const row of early) first.set(row.carrierId, { ...row, isNew: false });
  return texts.map((text) => {
    const kept = first.get(text.carrierId);
    if (!kept) throw new Error('a text was not stored');
    return { messageGuid: kept.guid, isNew: kept.isNew, isOther: isOther(text, kept) };
  });
}

/** Of one whose words were let go of (`forgetTexts`) they cannot be told. */
function isOther(text: IncomingText, kept: IncomingText) {
  const sameWords = kept.text === '' || kept.text === text.text;
  return kept.channel !== text.channel || kept.msisdn !== text.msisdn || !sameWords;
}

function findByCarrierIds(db: CompanyDatabase, texts: readonly IncomingText[]) {
  return db.query<IncomingText & { guid: string }>(
    `select guid, carrier_id as "carrierId", channel, msisdn, received_text as text
     from sms_message where company_id = $1 and carrier_id = any ($2)`,
    [db.companyId, texts.map(({ carrierId }) => carrierId)],
  );
}

/** A page of the texts that came in, newest first. */
export function listMessages(db: CompanyDatabase, page: NumberedPage): Promise<MessageRow[]> {
  return readNumberedPage<MessageRow>(db, { table: 'sms_message', columns: messageColumns }, page);
}

/** Reads a text that came in. Throws NotFound `messageNotFound`. */
export async function getMessage(db: CompanyDatabase, guid: string): Promise<MessageRow> {
  const [row] = await db.query<MessageRow>(
    `select ${messageColumns} from sms_message where company_id = $1 and guid = $2`,
    [db.companyId, guid],
  );
  if (!row) throw new NotFound('messageNotFound', `there is no message ${guid}`);
  return row;
}
