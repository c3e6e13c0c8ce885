import { type Writable } from 'node:stream';
import { type Database } from '@muster/core/database';
import { type Audience } from '@muster/pipeline/ports';
import { closedEarly } from './closedEarly.ts';
import { loadRows } from './loadRows.ts';
import { holdsCache, restoreCache } from './matchCache.ts';
import { matchContacts } from './matchContacts.ts';
import { dropEndedTables, dropScratchTables, dropTogether } from './scratchTables.ts';
import { askOutside } from './guard/askOutside.ts';
import { inSets, type SetOptions } from './inSets.ts';
import { writeContacts, writeExclusions, writeInput, writeMatches } from './writeFiles.ts';

export interface AudienceOptions extends SetOptions {
  /** Whether what is let through is reserved; default true. A preview hands nothing over. */
  reserves?: boolean;
  /** From so many rows on, what is known of their persons is gathered into tables first. */
  gatherFrom?: number;
}

/**
 * The audience of runs, worked on as sets in PostgreSQL: rows come in by `COPY`, one statement matches and screens, files
 * leave by `COPY`; Node moves bytes. Each method is one transaction, so that what fails leaves nothing behind.
 */
export function audience(db: Database, { reserves = true, gatherFrom, ...options }: AudienceOptions = {}): Audience {
  const sets = inSets(db, options);
  const filling = (to: Writable, write: (tx: Database) => Promise<number>) => sets(write, closedEarly(to, 'writable'));
  return {
    load: async (scope, csv, signal) => {
      try {
        return await sets((tx) => loadRows(tx, { scope, csv, signal }), signal);
      } finally {
        csv.destroy();
      }
    },
    askOutside: (scope, matching, asking) => askOutside(db, sets, { scope, matching, ...asking }),
    match: (scope, matching, signal) =>
      sets(
        (tx) => matchContacts(tx, scope, { matching, reserves, ...(gatherFrom !== undefined && { gatherFrom }) }),
        signal,
      ),
    restore: async (scope, matching, matches) => {
      try {
        return await sets((tx) => restoreCache(tx, scope, { matching, matches }), closedEarly(matches, 'readable'));
      } finally {
        matches.destroy();
      }
    },
    writeInput: (scope, to) => filling(to, (tx) => writeInput(tx, scope, to)),
    writeExclusions: (scope, to) => filling(to, (tx) => writeExclusions(tx, scope, to)),
    writeMatches: (cache, to) => filling(to, (tx) => writeMatches(tx, cache, to)),
    writeContacts: (cache, matching, to) => filling(to, (tx) => writeContacts(tx, { cache, matching }, to)),
    holds: (cache, signal) => sets((tx) => holdsCache(tx, cache), signal),
    drop: (runId) => dropScratchTables(db, runId),
    dropSoon: dropTogether(db),
    dropEnded: () => dropEndedTables(db),
  };
}
