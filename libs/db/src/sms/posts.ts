import { advisoryLocks } from '@muster/core/advisoryLocks';
import { type Database } from '@muster/core/database';
import { type SecretBox } from '@muster/core/secretBox';
import { type ClaimedPost, type PostKind, type PostLease, type Posts } from '@muster/messaging/posts';
import { companySecretPlace, type SealedCallee } from '../companySettings.ts';
import { secretKeyReplaced } from '../databaseErrors.ts';
import { isPresentKey } from '../proveSecretKey.ts';
import { formPost } from './formPost.ts';
import { ORGANISATION, organisationOf, type StoredOrganisation } from './organisation.ts';
import { postItems } from './postItems.ts';

const LEASE_MS = 60_000; // longer than a request may take
const PER_COMPANY = 4; // a receiver that hangs holds up its own company's posts only

/** What the organisations of all companies are still to be told, by the database's clock. */
export function posts(db: Database, box: SecretBox): Posts {
  return {
    claim: () => claim(db, box),
    noteDelivered: async (lease) =>
      record(db, lease, { set: `state = 'delivered', settled_at = $3`, values: [await db.now()] }),
    postpone: async (lease, delayMs, code) =>
      record(db, lease, {
        set: `next_try_at = $3::timestamptz + $4 * interval '1 ms', error_code = $5`,
        values: [await db.now(), delayMs, code],
      }),
    giveUp: async (lease, code) =>
      record(db, lease, { set: `state = 'dead', settled_at = $3, error_code = $4`, values: [await db.now(), code] }),
    release: async (lease) =>
      record(db, lease, { set: 'tries = tries - 1, next_try_at = $3', values: [await db.now()] }),
  };
}

interface TakenPost extends PostLease {
  companyId: string;
  kind: PostKind;
  tries: number;
  organisation: StoredOrganisation;
  /** Null: the company has none, and never had one or took it away. */
  webhook: SealedCallee | null;
  callbackUrl: string | null;
}

const HAS_RECEIVER = `(kind = 'sent' or sms_webhook is not null)`;

// Each company that something waits for is looked up by the index, however much waits for it. One that is told of texts that came
// in, and has no webhook any more, waits for the next one.
const TAKE = `
  with recursive waiting as (
    (select company_id from sms_post where state = 'pending' order by company_id limit 1)
    union all
    select (select company_id from sms_post where state = 'pending' and company_id > waiting.company_id
      order by company_id limit 1)
    from waiting where company_id is not null
  ), turn as (
    select first.guid
    from waiting
    cross join lateral (select count(*) as posts from sms_post
      where company_id = waiting.company_id and held and next_try_at > $1) as busy
    cross join lateral (select guid, next_try_at from sms_post
      where company_id = waiting.company_id and state = 'pending' and next_try_at <= $1
      order by next_try_at limit 1) as first
    where busy.posts < $2
    order by busy.posts, first.next_try_at limit 1
  )
  update sms_post post set attempt = attempt + 1, tries = tries + 1, held = ${HAS_RECEIVER},
    next_try_at = case when ${HAS_RECEIVER} then $1::timestamptz + $3 * interval '1 ms' else 'infinity' end
  from turn, company where post.guid = turn.guid and company.id = post.company_id
  returning post.guid as "postGuid", attempt, tries, company_id as "companyId", kind, sms_webhook as webhook,
    (select callback_url from sms_text where sms_text.guid = text_guid) as "callbackUrl", ${ORGANISATION} as organisation`;

async function claim(db: Database, box: SecretBox): Promise<ClaimedPost | undefined> {
  if (!(await isPresentKey(db, box))) throw secretKeyReplaced(); // each would cost its post a try
  for (;;) {
    const taken = await take(db);
    if (!taken) return undefined;
    const { organisation, webhook, callbackUrl, triedAt, ...post } = taken;
    const url = post.kind === 'sent' ? callbackUrl : webhook?.url;
    if (url == null) continue; // it waits for a webhook
    const items = await postItems(db, { ...post, organisation: organisationOf(organisation) });
    const place = companySecretPlace(post.companyId, 'smsWebhook');
    const readSecret = () => (webhook?.secret == null ? null : box.open(webhook.secret, place));
    return { ...post, triedAt, url, items, readSecret };
  }
}

/** One after the other, so that no company has more under way than it may, and its texts come into one post each. */
function take(db: Database) {
  return db.transaction(async (tx) => {
    // of a backlog the first ones only are read, which an index has in order: the planner, who knows of none, would sort it all
    await tx.query(`select pg_advisory_xact_lock($1), set_config('enable_sort', 'off', true)`, [advisoryLocks.posts]);
    const triedAt = await tx.now();
    await formPost(tx, triedAt);
    const [taken] = await tx.query<TakenPost>(TAKE, [triedAt, PER_COMPANY, LEASE_MS]);
    return taken && { ...taken, triedAt };
  });
}

interface Recording {
  set: string;
  values: unknown[];
}

async function record(db: Database, { postGuid, attempt }: PostLease, { set, values }: Recording): Promise<void> {
  await db.execute(`update sms_post set held = false, ${set} where guid = $1 and attempt = $2 and state = 'pending'`, [
    postGuid,
    attempt,
    ...values,
  ]);
}
