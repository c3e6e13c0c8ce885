import { createHash } from 'node:crypto';
import { Conflict } from '@muster/core/errors';
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
 * id has come before is not written again. Gives the guid by which it is known, and whether it is new. Throws Conflict
 * `externalIdTaken` where it has come before with other content, as far as that is still known.
 */
export async function storeText(tx: CompanyDatabase, text: NewText): Promise<{ textGuid: string; isNew: boolean }> {
  const digest = text.externalId === null ? null : digestOf(text);
  const known = text.externalId === null ? undefined : await findByExternalId(tx, text.externalId);
  if (known && digest && known.digest?.equals(digest) === false) throw new Conflict('externalIdTaken', TAKEN);
  if (known) return { textGuid: known.guid, isNew: false };
  const short = await shorten(tx, text.links);
  const [row] = await tx.query<{ guid: string }>(
    `insert into sms_text (company_id, kind, channel, msisdn, text, sender_alias, service_id, external_id, callback_url,
       callback_verbosity, asked_digest)
     values ($1, 'sent', $2, $3, $4, $5, $6, $7, $8, $9, $10) returning guid`,
    [
      ...[tx.companyId, text.channel, text.msisdn, fillPlaceholders(text.text, short).text, text.senderAlias],
      ...[text.serviceId, text.externalId, text.callbackUrl, text.callbackVerbosity, digest],
    ],
  );
  if (!row) throw new Error('the text was not stored');
  return { textGuid: row.guid, isNew: true };
}

const TAKEN =
  'externalId has come before with other content: choose another one, or send the text with all that was said of it then';

/** All that was said of a text, whatever the order of its addresses. */
function digestOf({ links, ...said }: NewText): Buffer {
  const { channel, msisdn, text, senderAlias, serviceId, callbackUrl, callbackVerbosity } = said;
  const urls = links && [links.domain, ...[...links.urls].sort(([one], [other]) => (one < other ? -1 : 1))];
  const all = [channel, msisdn, text, senderAlias, serviceId, callbackUrl, callbackVerbosity, urls];
  return createHash('sha256').update(JSON.stringify(all)).digest();
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
async function findByExternalId(tx: CompanyDatabase, externalId: string) {
  await tx.query(`select pg_advisory_xact_lock(hashtext($1), hashtext($2))`, [tx.companyId, `text ${externalId}`]);
  const [row] = await tx.query<{ guid: string; digest: Buffer | null }>(
    'select guid, asked_digest as digest from sms_text where company_id = $1 and external_id = $2',
    [tx.companyId, externalId],
  );
  return row;
}
