import { type Database } from '@muster/core/database';
import { type DecidedFiles, type StoreDecisions } from '@muster/pipeline/loadDecisions';
import { inSets } from '../inSets.ts';
import { readAhead } from '../readAhead.ts';
import { type Decided, handOver, takeIn } from './decidedFiles.ts';

/** Some thousand rows: of more, Node takes longer to read them than PostgreSQL to make, fill and drop two tables. */
const IN_MEMORY_BYTES = 250_000;

/**
 * Stores what a run has decided of each contact, from its sealed files: those let through, those refused with all their
 * reasons, and the persons without a contact, or whom a row named in no valid way. Rows that named nobody, or one person
 * again, decided nothing. All in sets and in one transaction; whatever was stored of the run before goes. Files that have
 * more than `inMemoryBytes` together go by way of tables, and to the same effect.
 */
export function storeDecisions(db: Database, { inMemoryBytes = IN_MEMORY_BYTES } = {}): StoreDecisions {
  return async (run, files, { signal, record }) => {
    const { small, ...begun } = await readBoth(files, { mostBytes: inMemoryBytes, signal });
    await inSets(db, {})(async (tx) => {
      const decided = small ?? (await takeIn(tx, { run, files: begun, signal }));
      if (run.storedAt) {
        // the moment tells where they lie: there is no index by run
        await tx.execute('delete from decision where run_id = $1 and decided_at = $2', [run.id, run.storedAt]);
      }
      const facts = [run.companyId, run.id, run.decidedAt, run.theme];
      const [counts] = await tx.query<Record<string, number>>(decided.insert, [...facts, ...decided.values]);
      await record(tx, counts ?? {});
      await decided.drop();
    }, signal);
  };
}

/** Reads both files where they are small; else they can still be read from their first byte. */
async function readBoth(
  files: DecidedFiles,
  { mostBytes, signal }: { mostBytes: number; signal: AbortSignal },
): Promise<DecidedFiles & { small?: Decided }> {
  const exclusions = await readAhead(files.exclusions, { mostBytes, signal });
  const matches = await readAhead(files.matches, { mostBytes: mostBytes - exclusions.bytes, signal });
  const begun = { exclusions: exclusions.all, matches: matches.all };
  return exclusions.isWhole && matches.isWhole ? { ...begun, small: await handOver(begun) } : begun;
}
