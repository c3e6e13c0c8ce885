import { randomInt } from 'node:crypto';
import { type Database } from '@muster/core/database';
import { type ShortLinkDomain } from '@muster/messaging/smsCampaign';

const SIGNS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const LENGTH = 6; // 62^6: to try them out takes ages, behind the API's limits
const CODE = new RegExp(`^[${SIGNS}]{${LENGTH}}$`);
const MOST_TRIES = 10;
const GOOD_FOR_DAYS = 90;

interface Wanted {
  companyId: string;
  url: string;
  domain: ShortLinkDomain;
}

/** Makes a short address that leads to a long one for three months: `https://giiv.dk/s/4fT9xQ`. */
export async function makeShortLink(tx: Database, { companyId, url, domain }: Wanted): Promise<string> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const code = Array.from({ length: LENGTH }, () => SIGNS[randomInt(SIGNS.length)]).join('');
    const isOurs = await tx.execute(
      `insert into sms_short_link (code, company_id, url, expires_at)
       values ($1, $2, $3, clock_timestamp() + $4 * interval '1 day') on conflict do nothing`,
      [code, companyId, visibleAscii(url), GOOD_FOR_DAYS],
    );
    if (isOurs > 0) return shortAddress(domain, code);
  }
  throw new Error('no code was free for a short link');
}

/** Stands for a short address of that domain where a text is measured: all are as long. */
export function sampleLink(domain: ShortLinkDomain): string {
  return shortAddress(domain, 'x'.repeat(LENGTH));
}

function shortAddress(domain: ShortLinkDomain, code: string) {
  return `https://${domain}/s/${code}`;
}

/** An address as a header may bear it: signs beyond ASCII are encoded, and it stays the same address. */
function visibleAscii(url: string): string {
  return /^[!-~]+$/.test(url) ? url : new URL(url).href;
}

/** Where a short address leads; undefined for one that nobody made, or that is past its time. */
export async function findShortLink(db: Database, code: string): Promise<string | undefined> {
  if (!CODE.test(code)) return undefined;
  const [row] = await db.query<{ url: string }>(
    'select url from sms_short_link where code = $1 and expires_at > clock_timestamp()',
    [code],
  );
  return row?.url;
}

/** Forgets short addresses that are past their time; gives how many. */
export function dropPastShortLinks(db: Database, limit = 10_000): Promise<number> {
  return db.execute(
    `delete from sms_short_link where code = any (array(
       select code from sms_short_link where expires_at < statement_timestamp() order by expires_at limit $1))`,
    [limit],
  );
}
