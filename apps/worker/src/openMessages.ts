import { type Database } from '@muster/core/database';
import { type SecretBox } from '@muster/core/secretBox';
import { readGateways } from '@muster/db/sms/companyGateways';
import { dueCharges } from '@muster/db/sms/dueCharges';
import { inbox } from '@muster/db/sms/inbox';
import { outbox } from '@muster/db/sms/outbox';
import { posts } from '@muster/db/sms/posts';
import { type DueDeps } from '@muster/messaging/chargeDue';
import { type PostDeps } from '@muster/messaging/deliverPost';
import { type MessageDeps } from '@muster/messaging/handleMessage';
import { type TextDeps } from '@muster/messaging/sendText';

/**
 * What texts are handled with, those that come in and those that answer none, what charges that are due are made with, and what
 * organisations are told of all that with.
 */
export type TextWork = MessageDeps & TextDeps & DueDeps & PostDeps;

interface Opened extends Omit<TextWork, 'inbox' | 'outbox' | 'charges' | 'posts'> {
  db: Database;
  box: SecretBox;
  /** Finds out whether a secret that does not open means that our key is an old one. */
  watch<Result>(read: () => Promise<Result>): Promise<Result>;
}

/** Opens the lists of texts and charges; what has killed its workers is told of in the log. */
export function openMessages({ db, box, watch, ...deps }: Opened): TextWork {
  const { log, times } = deps;
  const shared = {
    gatewaysOf: (companyId: string) => watch(() => readGateways(db, box, companyId)),
    leaseMs: times.leaseMs,
  };
  const postList = posts(db, box);
  return {
    ...deps,
    posts: { ...postList, claim: () => watch(() => postList.claim()) },
    inbox: inbox(db, {
      ...shared,
      onParked: ({ messageGuid, companyId }) => log.error('message.parked', { messageGuid, companyId }),
    }),
    outbox: outbox(db, {
      ...shared,
      onParked: ({ textGuid, companyId }) => log.error('text.parked', { textGuid, companyId }),
    }),
    charges: dueCharges(db, {
      ...shared,
      onParked: ({ chargeGuid, companyId }) => log.error('charge.parked', { chargeGuid, companyId }),
    }),
  };
}
