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

/**
 * Stores texts in the order in which they stand, those that have come before not again. Gives for each the guid by which it
 * is known, and whether it is new.
 */
export async function storeMessages(
  db: CompanyDatabase,
  texts: readonly IncomingText[],
): Promise<{ messageGuid: string; isNew: boolean }[]> {
  const stored = await db.query<{ guid: string; carrierId: string }>(
    `insert into sms_message (company_id, carrier_id, channel, msisdn, received_text)
     select $1, "carrierId", channel, msisdn, text
     from rows from (jsonb_to_recordset($2::jsonb) as ("carrierId" text, channel text, msisdn text, text text))
       with ordinality as came ("carrierId", channel, msisdn, text, at)
     order by at on conflict (company_id, carrier_id) do nothing
     returning guid, carrier_id as "carrierId"`,
    [db.companyId, JSON.stringify(texts)],
  );
  const known = new Map(stored.map((row) => [row.carrierId, { ...row, isNew: true }]));
  const missing = texts.filter(({ carrierId }) => !known.has(carrierId));
  const early = missing.length === 0 ? [] : await findByCarrierIds(db, missing);
  for (const row of early) known.set(row.carrierId, { ...row, isNew: false });
  return texts.map(({ carrierId }) => {
    const row = known.get(carrierId);
    if (!row) throw new Error('a text was not stored');
    return { messageGuid: row.guid, isNew: row.isNew };
  });
}

function findByCarrierIds(db: CompanyDatabase, texts: readonly IncomingText[]) {
  return db.query<{ guid: string; carrierId: string }>(
    `select guid, carrier_id as "carrierId" from sms_message where company_id = $1 and carrier_id = any ($2)`,
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
