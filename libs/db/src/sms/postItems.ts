import { type Database } from '@muster/core/database';
import { type PostKind } from '@muster/messaging/posts';
import { smsCodeOf } from '@muster/messaging/smsCodeOf';
import { smsTimestamp } from '@muster/messaging/smsTimestamp';
import { messageView } from './messageView.ts';
import { type Organisation } from './organisation.ts';
import { messageColumns, type MessageRow } from './smsMessages.ts';

interface StoredPost {
  postGuid: string;
  companyId: string;
  kind: PostKind;
  organisation: Organisation;
}

interface SettledText {
  textGuid: string;
  externalId: string | null;
  serviceId: string | null;
  channel: string;
  msisdn: string;
  state: 'Sent' | 'Refused';
  errorCode: string | null;
  createdAt: Date;
  settledAt: Date;
}

/** The texts that a post tells of, as its receiver is told of them: the same in every try, for they have ended. */
export function postItems(db: Database, post: StoredPost): Promise<object[]> {
  return post.kind === 'received' ? receivedItems(db, post) : sentItems(db, post);
}

async function receivedItems(db: Database, { postGuid, companyId, organisation }: StoredPost) {
  const rows = await db.query<MessageRow>(
    `select ${messageColumns} from sms_message where post_guid = $1 and company_id = $2 order by number`,
    [postGuid, companyId],
  );
  return rows.map((row) => messageView(row, organisation));
}

async function sentItems(db: Database, { postGuid, companyId, organisation: { timeZone } }: StoredPost) {
  const rows = await db.query<SettledText>(
    `select item.guid as "textGuid", external_id as "externalId", service_id as "serviceId", channel, msisdn,
       initcap(item.state) as state, item.error_code as "errorCode", item.created_at as "createdAt",
       item.settled_at as "settledAt"
     from sms_post post join sms_text item on item.guid = post.text_guid where post.guid = $1 and post.company_id = $2`,
    [postGuid, companyId],
  );
  return rows.map(({ createdAt, settledAt, ...text }) => ({
    ...text,
    errorCode: smsCodeOf(text.errorCode),
    createdTs: smsTimestamp(createdAt, timeZone),
    settledTs: smsTimestamp(settledAt, timeZone),
  }));
}
