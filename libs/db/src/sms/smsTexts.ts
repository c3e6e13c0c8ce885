import { fillPlaceholders } from '@muster/messaging/fillPlaceholders';
import { type CallbackVerbosity, type ShortLinkDomain } from '@muster/messaging/smsCampaign';
import { type CompanyDatabase } from '../openDatabase.ts';
import { makeShortLink } from './shortLinks.ts';

/** A text that an organisation has sent by itself. */
export interface NewText {
  channel: string;
  /** Digits only, with the country code. */
  msisdn: string;
  /** With its placeholders. */
  text: string;
  senderAlias: string | null;
  serviceId: string | null;
  /** The organisation's own id of it: one that has come before is the same text. */
  externalId: string | null;
  /** What is told of it; null: nobody. */
  callbackUrl: string | null;
  /** Null: `Final`. */
  callbackVerbosity: CallbackVerbosity | null;
  /** What stands in the text for addresses that are to be shortened. */
  links: { domain: ShortLinkDomain; urls: ReadonlyMap<string, string> } | null;
}

/**
 * Writes down that a text is to be sent, with the short addresses that it bears, in the caller's transaction; one whose external
 * id has come before is not written again. Gives the guid by which it is known, and whether it is new.
 */
export async function storeText(tx: CompanyDatabase, text: NewText): Promise<{ textGuid: string; isNew: boolean }> {
  const known = text.externalId === null ? undefined : await findByExternalId(tx, text.externalId);
  if (known !== undefined) return { textGuid: known, isNew: false };
  const short = await shorten(tx, text.links);
  const [row] = await tx.query<{ guid: string }>(
    `insert into sms_text (company_id, kind, channel, msisdn, text, sender_alias, service_id, external_id, callback_url,
       callback_verbosity)
     values ($1, 'sent', $2, $3, $4, $5, $6, $7, $8, $9) returning guid`,
    [
      ...[tx.companyId, text.channel, text.msisdn, fillPlaceholders(text.text, short).text, text.senderAlias],
      ...[text.serviceId, text.externalId, text.callbackUrl, text.callbackVerbosity],
    ],
  );
  if (!row) throw new Error('the text was not stored');
  return { textGuid: row.guid, isNew: true };
}

/** The short address for each placeholder. */
async function shorten(tx: CompanyDatabase, links: NewText['links']): Promise<Map<string, string>> {
  const short = new Map<string, string>();
  if (!links) return short;
  const { companyId } = tx;
  for (const [name, url] of links.urls)
    short.set(name, await makeShortLink(tx, { companyId, url, domain: links.domain }));
  return short;
}

/** Those with the same external id that come at once wait for each other: only the first makes short addresses. */
async function findByExternalId(tx: CompanyDatabase, externalId: string): Promise<string | undefined> {
  await tx.query(`select pg_advisory_xact_lock(hashtext($1), hashtext($2))`, [tx.companyId, `text ${externalId}`]);
  const [row] = await tx.query<{ guid: string }>(
    'select guid from sms_text where company_id = $1 and external_id = $2',
    [tx.companyId, externalId],
  );
  return row?.guid;
}
