import { type SecretBox } from '@muster/core/secretBox';
import { type Database } from '@muster/core/database';
import { readGateways } from '@muster/db/sms/companyGateways';
import { inbox } from '@muster/db/sms/inbox';
import { type MessageDeps } from '@muster/messaging/handleMessage';

/** What texts that come in are handled with. */
interface Opened extends Omit<MessageDeps, 'inbox'> {
  db: Database;
  box: SecretBox;
  /** Finds out whether a secret that does not open means that our key is an old one. */
  watch<Result>(read: () => Promise<Result>): Promise<Result>;
}

/** Opens what handles the texts that come in. */
export function openMessages({ db, box, watch, ...deps }: Opened): MessageDeps {
  const messages = inbox(db, {
    gatewaysOf: (companyId) => watch(() => readGateways(db, box, companyId)),
    leaseMs: deps.times.leaseMs,
    onParked: ({ messageGuid, companyId }) => deps.log.error('message.parked', { messageGuid, companyId }),
  });
  return { ...deps, inbox: messages };
}
