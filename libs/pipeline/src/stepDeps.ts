import { type Doorbell } from './doorbell.ts';
import { type LeaseTimes } from './holdLease.ts';
import { type Log } from '@muster/core/log';
import { type FileStore } from './ports.ts';
import { type RetryLimits } from './retryDelay.ts';
import { type StepJob } from './run.ts';
import { type Places, type Runs } from './runs.ts';
import { type StepPorts } from './step.ts';
import { type TaskBell } from './taskBell.ts';

/** All that a worker needs to execute steps. */
export interface StepDeps extends Omit<StepPorts, 'runs'> {
  runs: Runs;
  places: Places;
  doorbell: Doorbell;
  taskBell: Pick<TaskBell, 'ringTask'>;
  store: FileStore;
  log: Log;
  times: LeaseTimes;
  retries: RetryLimits;
  /** Runs a step in a process of its own, for one that has killed two workers; undefined in that process itself. */
  isolate?: (job: StepJob, how: { stop: AbortSignal; log: Log }) => Promise<void>;
}
