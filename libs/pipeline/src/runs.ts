import { type SealedFile } from './ports.ts';
import { type Ring, type Run, type RunFile, type RunNames, type StepJob, type StepName } from './run.ts';

/** A step attempt that we hold. Every write names it, and is refused once another attempt has begun. */
export interface Lease {
  runId: string;
  step: StepName;
  attempt: number;
}

/** An attempt whose lease had run out, and who held that, where it is known. */
export interface LostAttempt {
  attempt: number;
  heldBy: string | null;
}

/** Why a step was not taken, of which nobody else will tell. */
export interface NotTaken {
  /** Two workers have died of it, so only a process of its own may take it; or its run has ended just now instead. */
  because: 'isolate' | 'parked' | 'canceled';
  run: RunNames;
  /** What it was ended under. */
  lost: LostAttempt | null;
}

export interface Claim extends Lease {
  run: Run;
  /** The attempt that it was taken over from. */
  lost: LostAttempt | null;
  /** Counted failures of this step before, and since when it has been failing (milliseconds ago, by the database's clock). */
  failures: number;
  failingForMs: number;
  /** The run is to be canceled, and its upload may have left a file on the server: nothing else may be done with it. */
  cancelAsked: boolean;
}

/** What a step leaves behind: its checkpoint. */
export interface StepSummary {
  rowsIn?: number;
  rowsOut?: number;
  /** A sentence for people. */
  message?: string;
  /** Merged into the run's counts. */
  counts?: Record<string, unknown>;
  /** How many rows it has written into which file: they must be those that the counts tell of. */
  fileRows?: Partial<Record<RunFile, number>>;
  /** False: the contacts were not screened. */
  screened?: boolean;
  /** What later steps need to know. */
  notes?: Record<string, unknown>;
}

export interface NamedFile extends SealedFile {
  name: RunFile;
}

/** Some of the rows that a caller handed in, in their order. */
export type OverrideRows = readonly Record<string, unknown>[];

/** Why a run or a step did not go well, as users see it. */
export interface StepError {
  code: string;
  message: string;
}

/** When a failing step ends its run: the first try that is begun so long after its first failure, or its n-th failure. */
export interface GiveUp {
  afterMs: number;
  atFailure: number | null;
}

/** A step that is to be asked for again later. */
export interface Postponement {
  delayMs: number;
  /** A failure that counts. */
  error?: StepError;
  giveUp?: GiveUp;
  givePlaceBack: boolean;
}

/** What follows a step: the ring for the next one, or the end of the run. */
export interface Progress {
  next: Ring | undefined;
  /** Of a run that is over and has decided something: the task that keeps it, to be rung for. */
  decisionsTask: string | undefined;
}

/** One line of a run's log: names, counts and codes; never ids of people, contact values or secrets. */
export interface RunEvent {
  at: Date;
  step: StepName | null;
  event: string;
  details: Record<string, unknown> | null;
}

/**
 * The runs in PostgreSQL, where the truth is. Every method that takes a lease throws LeaseLost when another attempt
 * holds the step by now, and then has changed nothing.
 */
export interface Runs {
  /**
   * Takes a step: attempt + 1, a lease, and the line of its story, in one statement. Undefined: nothing to do (done, ended, or another's turn).
   * `isolate`: two workers have died of it, so only a process of its own may claim it. Throws NotReady while another
   * holds it or its time has not come. `parked`: a third crash has ended the run instead. `canceled`: it was to be, and
   * has ended, unless an upload may have left a file on the server.
   */
  claim(job: StepJob, isolated: boolean): Promise<Claim | NotTaken | undefined>;
  /** The heartbeat: renews the lease, also one that expired and that nobody took, and brings a cancel. */
  renew(lease: Lease): Promise<'held' | 'cancelAsked' | 'lost'>;
  /** Gives the step back uncounted, for a worker that must go, and gives the ring for the next one. */
  release(lease: Lease): Promise<Ring>;
  /**
   * Commits the checkpoint together with the request for the next step, or with the end of the run. Throws CancelAsked;
   * PermanentFailure `countsDiffer` where the run's funnel does not add up.
   */
  finishStep(lease: Lease, summary: StepSummary, files: NamedFile[]): Promise<Progress>;
  /**
   * Puts the step off by `delayMs`; a counted failure is recorded, and when it is given up. `givePlaceBack`: the run waits
   * without a place. Throws CancelAsked.
   */
  postponeStep(lease: Lease, options: Postponement): Promise<void>;
  /**
   * Ends the run at this step; deliveries in doubt become `unknown`. Gives the task that keeps what it has decided, to be
   * rung for. Failing one that is to be canceled throws CancelAsked.
   */
  endRun(lease: Lease, status: 'failed' | 'canceled', error: StepError | null): Promise<string | undefined>;
  /**
   * Sends the run back from its upload to `filter` as a new generation, whose verdicts are made anew, and gives the ring
   * for it; `checkedAt` is when the old ones were made. Undefined: that has happened too often, and nothing is changed.
   * Throws CancelAsked.
   */
  screenAgain(lease: Lease, checkedAt: Date): Promise<Ring | undefined>;
  /** A step finds that it was superseded while alive: the crash that was counted was none. */
  takeCrashBack(lease: Lease): Promise<void>;

  /** The notes that a finished step left. Throws NotFound `stepNotFinished`. */
  notesOf(runId: string, step: StepName): Promise<Record<string, unknown>>;
  /** A sealed file of the run's present generation. Throws NotFound `fileNotFound`. */
  fileOf(run: Run, name: RunFile): Promise<SealedFile>;
  /** The rows that the caller handed in, in parts, each read when it is asked for. Throws NotFound `overrideNotFound`. */
  overrideRows(runId: string): AsyncIterable<OverrideRows>;

  /** Adds a line to the run's log. */
  addEvent(runId: string, event: Omit<RunEvent, 'at'>): Promise<void>;
  /** The run's log so far, in order. */
  events(runId: string): Promise<RunEvent[]>;
  /** Ended runs that still have no sealed log, at most 100, and not those that ended just now. */
  endedWithoutLog(): Promise<Run[]>;
  /** Adds the log of an ended run; a log that is there already stays, and a run that was reopened meanwhile gets none. */
  addLog(run: Run, log: SealedFile): Promise<void>;
}

/** Places and rings: which runs may be worked on, and which of them nobody has been told about. */
export interface Places {
  /** Gives the company's free places to its oldest waiting runs; gives the rings for them. */
  fill(companyId: string): Promise<Ring[]>;
  /** The companies that have a free place and a run waiting for one whose time has come, at most 1,000. */
  companiesWaiting(): Promise<string[]>;
  /** The last rings of runs that hold a place, are due, and that nobody works on; not those rung just now. */
  quietRings(): Promise<Ring[]>;
  /** Raises the number of each ring that is still the last one and still to be answered, and gives the new ones. */
  ringAgain(rings: Ring[]): Promise<Ring[]>;
}
