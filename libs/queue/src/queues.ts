import { type Doorbell } from '@muster/pipeline/doorbell';
import { type StepJob, type StepName } from '@muster/pipeline/run';
import { type TaskBell } from '@muster/pipeline/taskBell';
import { type BellQueue } from '@muster/pipeline/tasks';
import { type JobQueue } from './jobQueue.ts';

/** Does the work of one ring. `signal` is aborted when the worker is closed and the grace is over. */
export type ProcessStep = (job: StepJob, signal: AbortSignal) => Promise<void>;

/** The queues of a process: one per step, those of the tasks, and the one whose bells are rung by the clock. */
export interface Queues extends Doorbell, RingQueue, TaskBell {
  /**
   * Starts a worker on a step's queue, once the store answers. What `process` throws decides what comes next: NotReady
   * asks again later and counts nothing, a TemporaryFailure or a bug is tried again, everything else ends the job.
   */
  work(step: StepName, process: ProcessStep, options: WorkOptions): Promise<StepWorker>;
  /** How much lies in each step's queue, and in those of the tasks. */
  counts(): Promise<QueueCounts[]>;
  /** BullMQ's own view of the steps' queues, for the job dashboard. Closed with all the rest: never close one of them. */
  readonly stepQueues: readonly JobQueue[];
  /** Throws TemporaryFailure `queueUnavailable` when the store does not answer in time. */
  ping(): Promise<void>;
  /** Closes the workers that are still open, at once, and all connections. Never throws; ends in a few seconds. */
  close(): Promise<void>;
}

/** The queue whose bells are rung by the clock: it keeps at most one schedule per campaign. */
export interface RingQueue {
  /**
   * Makes the schedule of a campaign what is asked. Not for a schedule that is so already: putting it again while an
   * occurrence is overdue would delete that occurrence.
   */
  upsertSchedule(schedule: CampaignSchedule): Promise<void>;
  /** Ends the schedule of a campaign; one that has none is fine. */
  removeSchedule(campaignId: string): Promise<void>;
  /** All schedules, read in pages. One that is put or removed meanwhile may be among them, or twice, or not. */
  schedules(): AsyncIterable<CampaignSchedule>;
  /** Those of these campaigns that have one. Ask for a page of campaigns, not for all. */
  schedulesOf(campaignIds: readonly string[]): Promise<CampaignSchedule[]>;
  /** How many there are. */
  countSchedules(): Promise<number>;
  /** Starts a worker that calls `process` when a campaign is due. Late, twice or not at all: look first, then act. */
  workRings(process: (campaignId: string) => Promise<void>, options: WorkOptions): Promise<StepWorker>;
}

/** A campaign's crontab with six fields (second first), read in `timeZone`. */
export interface CampaignSchedule {
  campaignId: string;
  pattern: string;
  timeZone: string;
}

export interface WorkOptions {
  /** Jobs at a time. */
  concurrency: number;
}

/** A running worker. */
export interface StepWorker {
  /** Takes no further job, at once. Those under way go on. */
  pause(): void;
  /**
   * Ends it: jobs have `graceMs` to finish, then their signal is aborted, and a second later they are left to their
   * fate (another worker takes them over). Never throws; ends within `graceMs` and four seconds.
   */
  close(graceMs: number): Promise<void>;
}

/** What lies in the queue of a step, or of tasks. */
export interface QueueCounts {
  queue: StepName | BellQueue;
  /** Ready to be taken; also while the queue is paused. */
  waiting: number;
  /** Since when the next one to be taken has been in the queue, by the clock of who put it there; null where none waits. */
  oldestSince: Date | null;
  active: number;
  delayed: number;
  /** Given up by the queue. A hint only: the state of a run is in the database. */
  failed: number;
  paused: boolean;
}
