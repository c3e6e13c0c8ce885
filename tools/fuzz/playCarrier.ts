import { type OpenDatabase } from '@muster/db/openDatabase';
import { inbox } from '@muster/db/sms/inbox';
import { outbox } from '@muster/db/sms/outbox';
import { readGateways } from '@muster/db/sms/companyGateways';
import { type SecretBox } from '@muster/core/secretBox';
import { handleMessage } from '@muster/messaging/handleMessage';
import { sendText } from '@muster/messaging/sendText';
import { FakePaymentGateway } from '@muster/testing/fakePaymentGateway';
import { FakeTextGateway } from '@muster/testing/fakeTextGateway';
import { fakeLog } from '@muster/testing/fakeLog';
import { insertCharge } from '@muster/testing/insertCharge';
import { insertSubscriptions } from '@muster/testing/insertSubscriptions';

const times = { leaseMs: 60_000, heartbeatMs: 30_000 };
const never = new AbortController().signal;

/** Handles the texts of an API as its workers would, with gateways in memory. `failures` holds what went wrong with them. */
export function playCarrier({ db, box }: { db: OpenDatabase; box: SecretBox }) {
  const failures: string[] = [];
  const log = fakeLog();
  const noticing: typeof log = {
    ...log,
    child: () => noticing,
    error: (event, _fields, error) => void failures.push(`${event} ${String((error as Error | undefined)?.stack)}`),
  };
  const shared = { gatewaysOf: (companyId: string) => readGateways(db, box, companyId), leaseMs: times.leaseMs };
  const deps = {
    ...{ inbox: inbox(db, shared), outbox: outbox(db, shared), log: noticing, times },
    ...{ texts: new FakeTextGateway(), payments: new FakePaymentGateway() },
  };
  const handleAll = async () => {
    for (let claim = await deps.inbox.claim(); claim; claim = await deps.inbox.claim())
      await handleMessage(claim, deps, never);
    for (let claim = await deps.outbox.claim(); claim; claim = await deps.outbox.claim())
      await sendText(claim, deps, never);
  };
  return {
    failures,
    /** Lets what was brought in have its effect; the first time, with a subscription and a charge that have been there before. */
    stir: async (companyId: string) => {
      const [there] = await db.query('select from sms_subscription where company_id = $1 limit 1', [companyId]);
      if (!there) {
        const { guids } = await insertSubscriptions(db, { companyId, nextDue: '2031-03-05', count: 2 });
        for (const guid of guids) await insertCharge(db, guid, 'unknown');
      }
      await handleAll();
    },
  };
}
