import { Conflict, NotFound } from '@muster/core/errors';
import { type CompanyDatabase } from '../openDatabase.ts';
import { violatedIndex } from '../violatedIndex.ts';
import { type NumberedPage, readNumberedPage } from './numberedPages.ts';

/** The first words of texts, and the campaign that handles them. */
export interface KeywordRow {
  keywordGuid: string;
  createdAt: Date;
  active: boolean;
  campaignGuid: string | null;
  /** The shortcode. */
  channel: string;
  keyword: string;
  subKeyword: string | null;
  /** Both inclusive, `YYYY-MM-DD`. */
  startDate: string | null;
  endDate: string | null;
  idleText: string | null;
}

/** A keyword to be stored, with its words as they are compared. */
export interface NewKeyword extends Omit<KeywordRow, 'keywordGuid' | 'createdAt'> {
  folded: { keyword: string; subKeyword: string };
}

const COLUMNS = `guid as "keywordGuid", created_at as "createdAt", active, campaign_guid as "campaignGuid", channel,
  keyword, sub_keyword as "subKeyword", start_date::text as "startDate", end_date::text as "endDate", idle_text as "idleText"`;

/**
 * Stores a keyword. Throws Conflict `keywordTaken` where somebody has it on that shortcode, maybe another company; `channelNotOwn`
 * where the shortcode is given to others.
 */
export async function insertKeyword(db: CompanyDatabase, keyword: NewKeyword): Promise<KeywordRow> {
  const { folded, channel, active, campaignGuid, startDate, endDate, idleText } = keyword;
  try {
    const [row] = await db.query<KeywordRow>(
      `insert into sms_keyword (company_id, active, campaign_guid, channel, keyword, sub_keyword, keyword_folded, sub_folded,
         start_date, end_date, idle_text)
       select $1, $2, $3, $4, $5, $6, $7, $8, $9::date, $10::date, $11
       where coalesce((select bool_or(company_id = $1) from sms_channel where channel = $4), true) returning ${COLUMNS}`,
      [
        ...[db.companyId, active, campaignGuid, channel, keyword.keyword, keyword.subKeyword],
        ...[folded.keyword, folded.subKeyword, startDate, endDate, idleText],
      ],
    );
    if (row) return row;
  } catch (error) {
    if (violatedIndex(error) !== 'sms_keyword_taken') throw error;
    const words = [keyword.keyword, keyword.subKeyword].filter((word) => word !== null).join(' ');
    const say = `the keyword "${words}" is taken on ${channel}: choose another one, or deactivate the one that has it`;
    throw new Conflict('keywordTaken', say);
  }
  const say = `the channel ${channel} is not yours to take keywords on: name one of yours, or ask whoever operates this installation`;
  throw new Conflict('channelNotOwn', say);
}

/** A page of the company's keywords, newest first. */
export function listKeywords(db: CompanyDatabase, page: NumberedPage): Promise<KeywordRow[]> {
  return readNumberedPage<KeywordRow>(db, { table: 'sms_keyword', columns: COLUMNS }, page);
}

/** Reads a keyword. Throws NotFound `keywordNotFound`. */
export async function getKeyword(db: CompanyDatabase, guid: string): Promise<KeywordRow> {
  const [row] = await db.query<KeywordRow>(`select ${COLUMNS} from sms_keyword where company_id = $1 and guid = $2`, [
    db.companyId,
    guid,
  ]);
  if (!row) throw new NotFound('keywordNotFound', `there is no keyword ${guid}`);
  return row;
}

/**
 * Lets go of a keyword; again: as it is. In a transaction. Throws NotFound `keywordNotFound`, Conflict `keywordInUse` while
 * subscriptions that came by it are active.
 */
export async function deactivateKeyword(tx: CompanyDatabase, guid: string): Promise<KeywordRow> {
  // the row is kept from sign-ups: they hold it while they are stored
  await tx.query('select from sms_keyword where company_id = $1 and guid = $2 for update', [tx.companyId, guid]);
  const [using] = await tx.query<{ count: number }>(
    `select count(*)::int as count from (select from sms_subscription
     where keyword_guid = $1 and state in ('Pending', 'Active', 'OnHold') limit 1000) as open`,
    [guid],
  );
  const keyword = await getKeyword(tx, guid);
  if (using && using.count > 0) {
    const many = using.count === 1000 ? '1,000 or more' : String(using.count);
    throw new Conflict('keywordInUse', `${many} subscriptions that came by this keyword are active: cancel them first`);
  }
  await tx.execute('update sms_keyword set active = false where guid = $1', [guid]);
  return { ...keyword, active: false };
}
