import { addressGuard } from '@muster/adapters/addressGuard/addressGuard';
import { guardedAgents } from '@muster/adapters/addressGuard/guardedAgents';
import { readAllowList } from '@muster/adapters/addressGuard/readAllowList';
import { webhookReceiver } from '@muster/adapters/webhookReceiver';
import { openSecretBox } from '@muster/core/secretBox';
import { alertOutbox } from '@muster/db/alertOutbox';
import { type OpenDatabase } from '@muster/db/openDatabase';
import { proveSecretKey } from '@muster/db/proveSecretKey';
import { watchSecretKey } from '@muster/db/watchSecretKey';
import { type AlertDeps } from '@muster/pipeline/deliverAlerts';
import { allowHttpFrom } from '@muster/runtime/config';
import { type ProcessContext } from '@muster/runtime/runProcess';

interface Opening extends Pick<ProcessContext, 'config' | 'log'> {
  db: OpenDatabase;
  /** Called when our secret key is no longer the database's. */
  onKeyReplaced: () => void;
}

/**
 * Opens what it takes to tell companies of their alerts: the outbox, whose secrets our key must open, and the way to their
 * webhooks, past the address guard.
 */
export async function openAlerts({ db, config, log, onKeyReplaced }: Opening): Promise<Omit<AlertDeps, 'log'>> {
  const box = openSecretBox({ key: config.MUSTER_SECRET_KEY });
  await proveSecretKey(db, box);
  const guard = addressGuard({
    allow: readAllowList(config.ALLOW_ADDRESSES),
    onRefused: (refused) => log.warn('address.refused', { ...refused }),
  });
  const outbox = alertOutbox(db, box);
  const watch = watchSecretKey({ db, box, onReplaced: onKeyReplaced });
  return {
    outbox: { ...outbox, claim: (wanted) => watch(() => outbox.claim(wanted)) },
    receiver: webhookReceiver({
      called: 'alert webhook',
      ...{ agents: guardedAgents(guard), allowHttp: allowHttpFrom(config.ALLOW_HTTP) },
    }),
  };
}
