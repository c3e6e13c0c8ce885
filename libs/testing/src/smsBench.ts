import { randomBytes, randomUUID } from 'node:crypto';
import { openSecretBox } from '@muster/core/secretBox';
import { openDatabase } from '@muster/db/openDatabase';
import { readGateways } from '@muster/db/sms/companyGateways';
import { inbox } from '@muster/db/sms/inbox';
import { outbox } from '@muster/db/sms/outbox';
import { getMessage, storeMessages } from '@muster/db/sms/smsMessages';
import { handleMessage, type MessageDeps } from '@muster/messaging/handleMessage';
import { insertCompany } from './factories.ts';
import { fakeLog } from './fakeLog.ts';
import { FakePaymentGateway } from './fakePaymentGateway.ts';
import { FakeTextGateway } from './fakeTextGateway.ts';
import { postTools } from './postTools.ts';
import { smsSeeds } from './smsSeeds.ts';
import { createTestDatabase } from './testDatabase.ts';
import { textTools } from './textTools.ts';

export const testMessageLeaseMs = 300;
const never = new AbortController().signal;

/** A company with gateways in memory, on a database of its own, whose texts are handled when they are asked to be. */
export async function smsBench() {
  const database = await createTestDatabase();
  const db = await openDatabase({ url: database.url, poolSize: 6 });
  const box = openSecretBox({ key: randomBytes(32).toString('base64') });
  const gateways = {
    text: { url: 'https://texts.example.com', secret: null },
    payment: { url: 'https://pay.example.com', secret: null },
  };
  const companyId = await insertCompany(db, { gateways: JSON.stringify(gateways) });
  const company = db.forCompany(companyId);
  const texts = new FakeTextGateway();
  const payments = new FakePaymentGateway();
  const log = fakeLog();
  const times = { leaseMs: testMessageLeaseMs, heartbeatMs: 50 };
  const shared = { gatewaysOf: (id: string) => readGateways(db, box, id), leaseMs: testMessageLeaseMs };
  const textDeps = { outbox: patient(outbox(db, shared)), texts, log, times };
  const deps: MessageDeps = { inbox: patient(inbox(db, shared)), texts, payments, log, times };
  return {
    ...{ db, databaseUrl: database.url, company, companyId, deps, texts, payments, log },
    ...smsSeeds(company),
    ...textTools(db, company, textDeps),
    ...postTools(db, company, box),
    /** Brings a text in; gives its guid. */
    receive: async (text: string, { msisdn = '4520123456', channel = '1217' } = {}) => {
      const [stored] = await storeMessages(company, [{ carrierId: randomUUID(), channel, msisdn, text }]);
      return stored?.messageGuid ?? '';
    },
    /** Handles all that waits and may be taken, one after the other; gives how many that were. */
    handleAll: async (change: Partial<MessageDeps> = {}) => {
      for (let handled = 0; ; handled++) {
        const claim = await deps.inbox.claim();
        if (!claim) return handled;
        await handleMessage(claim, { ...deps, ...change }, never);
      }
    },
    message: (guid: string) => getMessage(company, guid),
    /** Lets all that was put off be taken now. */
    hurry: async () => {
      await db.execute(`update sms_message set take_at = clock_timestamp() - interval '1 s' where state = 'Received'`);
      await db.execute(`update sms_text set take_at = clock_timestamp() - interval '1 s' where state = 'wanted'`);
    },
    subscriptions: () =>
      db.query<{ state: string; nextDueDate: string | null; cancelCode: string | null }>(
        `select state, next_due_date::text as "nextDueDate", cancel_code as "cancelCode" from sms_subscription order by created_at`,
      ),
    close: async () => {
      await db.close();
      await database.drop();
    },
  };
}

/** Chance may put something off for so short a time that it comes again before the test looks. */
function patient<Lease, Store extends { postpone(lease: Lease, delayMs: number): Promise<void> }>(store: Store): Store {
  return { ...store, postpone: (lease: Lease, delayMs: number) => store.postpone(lease, Math.max(delayMs, 60_000)) };
}
