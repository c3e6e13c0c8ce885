import { type SecretBox } from '@muster/core/secretBox';
import { changeCompany, companySecretPlace, readCompany } from '@muster/db/companySettings';
import { type CompanyDatabase, type OpenDatabase } from '@muster/db/openDatabase';
import { posts } from '@muster/db/sms/posts';
import { deliverPost } from '@muster/messaging/deliverPost';
import { fakeLog } from './fakeLog.ts';
import { FakeWebhookReceiver } from './fakeWebhookReceiver.ts';
import { movedClock } from './movedClock.ts';

const never = new AbortController().signal;

/** A post as it stands in the database. */
export interface PostRow {
  postGuid: string;
  kind: string;
  state: string;
  tries: number;
  held: boolean;
  errorCode: string | null;
}

/** For what organisations are told: naming their webhook, posting, and looking at the posts. */
export function postTools(db: OpenDatabase, own: CompanyDatabase, box: SecretBox) {
  /** The posts as a worker sees them so long after now. */
  const postsIn = (ms = 0) => posts(movedClock(db, new Date(Date.now() + 1_000 + ms)), box);
  return {
    postsIn,
    /** Names a company's webhook; null takes it away. */
    nameWebhook: (
      webhook: { url?: string; secret?: string | null } | null = {},
      company: CompanyDatabase = own,
    ): Promise<void> =>
      company.transaction(async (tx) => {
        const { url = 'https://hooks.example.com/sms', secret = 'hush of the webhook' } = webhook ?? {};
        const sealed = secret && box.seal(secret, companySecretPlace(company.companyId, 'smsWebhook'));
        const smsWebhook = webhook && { url, secret: sealed };
        await changeCompany(tx, await readCompany(tx, { lock: true }), { smsWebhook });
      }),
    /** A worker of its own that posts. */
    poster: (receiver = new FakeWebhookReceiver()) => {
      const log = fakeLog();
      return {
        ...{ receiver, log },
        /** Makes a try of all posts whose time has come, one after the other; gives how many. The clock stands so long after now. */
        post: async (ms = 0, signal = never) => {
          const list = postsIn(ms);
          for (let count = 0; ; count++) {
            const claim = await list.claim();
            if (!claim) return count;
            await deliverPost(claim, { posts: list, receiver, log }, signal);
            if (signal.aborted) return count;
          }
        },
      };
    },
    postRows: () =>
      db.query<PostRow>(
        `select guid as "postGuid", kind, state, tries, held, error_code as "errorCode" from sms_post order by created_at`,
      ),
  };
}
