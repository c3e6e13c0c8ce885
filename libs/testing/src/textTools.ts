import { type Database } from '@muster/core/database';
import { type CompanyDatabase } from '@muster/db/openDatabase';
import { type NewText, storeText } from '@muster/db/sms/smsTexts';
import { sendText, type TextDeps } from '@muster/messaging/sendText';

const never = new AbortController().signal;

const plain: NewText = {
  ...{ channel: '1217', msisdn: '4520123456', text: 'Hello', senderAlias: null, serviceId: null, externalId: null },
  ...{ callbackUrl: null, callbackVerbosity: null, links: null },
};

/** What became of a text. */
interface TextFate {
  state: string;
  gatewayId: string | null;
  errorCode: string | null;
  held: boolean;
}

async function store(tx: CompanyDatabase, text: Partial<NewText> = {}): Promise<string> {
  return (await storeText(tx, { ...plain, ...text })).textGuid;
}

/** For texts that answer none: storing, sending and looking at them. */
export function textTools(db: Database, company: CompanyDatabase, textDeps: TextDeps) {
  return {
    textDeps,
    /** Writes down that a text is to be sent; gives its guid. */
    storeText: (text: Partial<NewText> = {}) => company.transaction((tx) => store(tx, text)),
    /** The same, in a transaction of the caller's. */
    storeTextIn: store,
    /** Sends all that answers no text and may be taken, one after the other; gives how many that were. */
    sendAll: async (change: Partial<TextDeps> = {}) => {
      for (let sent = 0; ; sent++) {
        const claim = await textDeps.outbox.claim();
        if (!claim) return sent;
        await sendText(claim, { ...textDeps, ...change }, never);
      }
    },
    text: async (guid: string) => {
      const [fate] = await db.query<TextFate>(
        `select state, gateway_id as "gatewayId", error_code as "errorCode", held from sms_text where guid = $1`,
        [guid],
      );
      return fate;
    },
  };
}
