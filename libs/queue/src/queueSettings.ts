import { type JobsOptions } from 'bullmq';

/** Times of the queue, in milliseconds. Tests make them shorter. */
export interface QueueSettings {
  /** A job whose worker has not renewed its lock for so long is another worker's. */
  lockDurationMs: number;
  /** How often each worker looks for such jobs. */
  stalledIntervalMs: number;
  /** How long a worker waits before it asks a store that went away again. */
  runRetryDelayMs: number;
  /** How long one ring may take. */
  ringDeadlineMs: number;
  /** How long any other question to the store may take. */
  askDeadlineMs: number;
}

// Measured: with 15 and 7.5 s another worker has a killed worker's job after 12 to 22 s, with the defaults after 26 to 53 s.
export const queueSettings: QueueSettings = {
  lockDurationMs: 15_000,
  stalledIntervalMs: 7_500,
  runRetryDelayMs: 2_000,
  ringDeadlineMs: 2_000,
  askDeadlineMs: 10_000,
};

/** Fails a job at its thousandth lost worker only: poison is counted by us, and BullMQ's default is the second. */
export const MAX_STALLED_COUNT = 1000;

/** The backstop for a scheduled ring that kills each of its workers: `MAX_STALLED_COUNT` does not apply to those. */
export const MAX_SCHEDULED_STARTS = 50;

/** Never 0, which would keep all events for ever on PostgreSQL. */
export const MAX_EVENTS = 1_000;

const HOUR_S = 3_600;
const WEEK_S = 604_800;

/** Attempts serve what could not be recorded. Kept by age: keeping by count takes two thirds of PostgreSQL's speed. */
export const jobOptions: JobsOptions = {
  attempts: 5,
  backoff: { type: 'exponential', delay: 1_000, jitter: 0.5 },
  removeOnComplete: { age: HOUR_S },
  removeOnFail: { age: WEEK_S },
};
