import { type Deliveries } from './deliveries.ts';
import { type OutsideGuard } from './outsideGuard.ts';
import { type Audience, type Destination, type QuerySource } from './ports.ts';
import { type Run, type StepName } from './run.ts';
import { type RunSecrets, type RunSettings } from './runSettings.ts';
import { type Lease, type Runs, type StepSummary } from './runs.ts';
import { type DeclaredFiles, type Workspace } from './workspace.ts';

/** The outside that steps talk to. */
export interface StepPorts {
  source: QuerySource;
  destination: Destination;
  audience: Audience;
  outsideGuard: OutsideGuard;
  runs: Pick<Runs, 'notesOf' | 'overrideRows' | 'events'>;
  deliveries: Deliveries;
  secrets: {
    read: (runId: string) => Promise<RunSecrets>;
    /** Keeps the first host key seen for a campaign that names none; gives the one that holds. */
    pinHostKey: (runId: string, fingerprint: string) => Promise<string>;
  };
  now: () => Promise<Date>;
}

/** What a step is given: the run, its lease, the outside, and a signal that says stop (lease lost, cancel, shutdown). */
export interface StepContext extends StepPorts {
  run: Run;
  lease: Lease;
  /** How often this step has failed before. */
  failures: number;
  signal: AbortSignal;
  /** Adds a line to the run's log: counts, names and codes only. */
  note: (event: string, details?: Record<string, unknown>) => Promise<void>;
}

export type StepBody = (ctx: StepContext, io: Workspace) => Promise<StepSummary>;

export interface StepOptions extends DeclaredFiles {
  /** Left out of runs for which this says no. */
  when?: (settings: RunSettings) => boolean;
}

export interface Step extends StepOptions {
  name: StepName;
  body: StepBody;
}

/** One named step: the files it may read and write, and what it does. Any step may run twice and must leave the same. */
export function step(name: StepName, options: StepOptions, body: StepBody): Step {
  return { name, ...options, body };
}

/** A list of steps in order. Throws where two bear the same name: a stored name must mean one thing. */
export function pipeline(steps: Step[]): readonly Step[] {
  const names = new Set(steps.map(({ name }) => name));
  if (names.size < steps.length) throw new Error('two steps of a pipeline bear the same name');
  return steps;
}
