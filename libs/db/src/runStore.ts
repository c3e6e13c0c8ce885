import { type Database } from '@muster/core/database';
import { type Runs } from '@muster/pipeline/runs';
import { claimStep } from './claimStep.ts';
import { endRun } from './endRun.ts';
import { finishStep } from './finishStep.ts';
import { postponeStep, releaseStep, renewLease, takeCrashBack } from './leases.ts';
import { addEvent, addLog, endedWithoutLog, readEvents } from './runEvents.ts';
import { readFile, readNotes, readOverride } from './runFiles.ts';
import { screenAgain } from './screenAgain.ts';

export interface LeaseOptions {
  /** How long a lease holds without a heartbeat. */
  leaseMs: number;
  /** Who takes steps with it, for people who look for a log: host and process. Absent: nobody is named. */
  holder?: string;
}

/** The runs in PostgreSQL: every method a statement or a short transaction, fenced by the attempt. */
export function runStore(db: Database, { leaseMs, holder }: LeaseOptions): Runs {
  return {
    claim: (job, isolated) => claimStep(db, job, { isolated, leaseMs, holder }),
    renew: (lease) => renewLease(db, lease, leaseMs),
    release: (lease) => releaseStep(db, lease),
    finishStep: (lease, summary, files) => finishStep(db, lease, { summary, files }),
    postponeStep: (lease, options) => postponeStep(db, lease, options),
    endRun: (lease, status, error) => endRun(db, lease, { status, error }),
    screenAgain: (lease, checkedAt) => screenAgain(db, lease, checkedAt),
    takeCrashBack: (lease) => takeCrashBack(db, lease),
    notesOf: (runId, step) => readNotes(db, runId, step),
    fileOf: (run, name) => readFile(db, run, name),
    overrideRows: (runId) => readOverride(db, runId),
    addEvent: (runId, event) => addEvent(db, runId, event),
    events: (runId) => readEvents(db, runId),
    endedWithoutLog: () => endedWithoutLog(db),
    addLog: (run, log) => addLog(db, run, log),
  };
}
