import { type Log } from '@muster/core/log';
import { type CompanyDatabase } from '@muster/db/openDatabase';
import { type IncomingText, storeMessages } from '@muster/db/sms/smsMessages';
import { type ApiDeps } from '../../deps.ts';

type Stored = Awaited<ReturnType<typeof storeMessages>>;
/** Stores texts; resolves once they are committed. */
type Intake = (company: CompanyDatabase, texts: readonly IncomingText[]) => Promise<Stored>;

interface Waiting {
  texts: readonly IncomingText[];
  resolve(stored: Stored): void;
  reject(error: unknown): void;
}

/** Texts in one statement: a request's own limit, so that none is cut apart. */
const MOST_TOGETHER = 500;

/**
 * Stores the texts that carriers bring in, and rings for those that are new. Those of a company that come while others of it
 * are being stored go together in the next statement: the more come in, the less each costs. What fails, fails for all that
 * went together, and is brought in again.
 */
export function textIntake({ onMessagesStored, log }: { log: Log } & Pick<ApiDeps, 'onMessagesStored'>): Intake {
  const lines = new Map<string, Waiting[]>();
  const ring = (stored: Stored) => {
    const fresh = [...new Set(stored.filter(({ isNew }) => isNew).map(({ messageGuid }) => messageGuid))];
    if (fresh.length === 0) return;
    const tell = async () => onMessagesStored?.(fresh);
    tell().catch(() => log.warn('afterwards.failed', { operation: 'receiveMessages' })); // workers look by themselves, too
  };
  const storeAll = async (company: CompanyDatabase, line: Waiting[]) => {
    while (line.length > 0) {
      const together = takeTogether(line);
      try {
        const stored = await storeMessages(
          company,
          together.flatMap(({ texts }) => texts),
        );
        ring(stored);
        const others = stored.filter(({ isOther }) => isOther).length;
        if (others > 0) log.warn('messages.otherUnderId', { companyId: company.companyId, count: others });
        let from = 0;
        for (const { texts, resolve } of together) resolve(stored.slice(from, (from += texts.length)));
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
    }
    lines.delete(company.companyId);
  };
  return (company, texts) =>
    new Promise((resolve, reject) => {
      const known = lines.get(company.companyId);
      const line = known ?? [];
      line.push({ texts, resolve, reject });
      if (known) return;
      lines.set(company.companyId, line);
      void storeAll(company, line);
    });
}

function takeTogether(line: Waiting[]): Waiting[] {
  let count = 0;
  const end = line.findIndex(({ texts }) => (count += texts.length) > MOST_TOGETHER);
  return line.splice(0, end === -1 ? line.length : Math.max(1, end));
}
