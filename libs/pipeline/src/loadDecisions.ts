import { type Readable } from 'node:stream';
import { type Database } from '@muster/core/database';
import { NotReady, TemporaryFailure } from '@muster/core/errors';
import { type TaskWork } from './executeTask.ts';
import { type FileStore } from './ports.ts';
import { type TaskLease } from './tasks.ts';

/** A run that has ended, with the sealed files that say what was decided in it. */
export interface DecidedRun {
  id: string;
  companyId: string;
  finishedAt: Date;
  endedForMs: number;
  /** The moment of the verdicts, ISO 8601. */
  decidedAt: string;
  /** The moment of those verdicts of the run that are stored already; null where none are. */
  storedAt: Date | null;
  /** Null: nobody was screened. */
  theme: string | null;
  /** Keys in the file store. */
  exclusions: string;
  matches: string;
}

/** The files of a run, as they are read. */
export interface DecidedFiles {
  exclusions: Readable;
  matches: Readable;
}

/** Replaces a run's decisions by what its files say, in one transaction in which it calls `record`: all of it, or nothing. */
export type StoreDecisions = (
  run: DecidedRun,
  files: DecidedFiles,
  options: { signal: AbortSignal; record: (tx: Database, counts: Record<string, number>) => Promise<void> },
) => Promise<void>;

export interface DecisionPorts {
  /** Undefined while the run is under way again. */
  readRun(runId: string): Promise<DecidedRun | undefined>;
  storeDecisions: StoreDecisions;
  /** Ends the task well, in this transaction. Throws TaskLost when another attempt holds it by now, NotReady where the run was reopened. */
  record(tx: Database, done: { lease: TaskLease; run: DecidedRun; counts: Record<string, number> }): Promise<void>;
  store: Pick<FileStore, 'read'>;
}

const AGAIN_AFTER_MS = 60_000;
const TRIES_FOR_MS = 24 * 3_600_000;

/** Loads the decisions of a run that has ended from its sealed files. Nobody waits for it: for a day it is tried again. */
export function loadDecisions({ readRun, storeDecisions, record, store }: DecisionPorts): TaskWork {
  return {
    triesAgain: true,
    work: async (claim, { signal }) => {
      const run = await readRun(String(claim.input['runId']));
      if (!run) return { isUnderWay: true };
      const opened: Readable[] = [];
      const open = async (key: string) => {
        const bytes = await store.read(key);
        opened.push(bytes);
        return bytes;
      };
      try {
        const files = { exclusions: await open(run.exclusions), matches: await open(run.matches) };
        const done = (tx: Database, counts: Record<string, number>) => record(tx, { lease: claim, run, counts });
        await storeDecisions(run, files, { signal, record: done });
        return 'recorded';
      } catch (error) {
        const mayPass = error instanceof TemporaryFailure && run.endedForMs < TRIES_FOR_MS && !signal.aborted;
        throw mayPass ? new NotReady(AGAIN_AFTER_MS, error.message) : error;
      } finally {
        for (const bytes of opened) bytes.destroy();
      }
    },
  };
}
