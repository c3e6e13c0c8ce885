import { type BackendFactory, type IQueueBackend } from 'bullmq';
import { type CampaignSchedule } from './queues.ts';

/** Where a job is: its queue and its id. */
export interface JobKey {
  queue: string;
  id: string;
}

/** No job of ours is put off for longer. One that is was put off by a clock that was wrong: nobody would hear it in time. */
export const LONGEST_DELAY_MS = 120_000;

/** What differs between the two stores; all else is BullMQ's, which runs on both. */
export interface QueueStore {
  readonly name: 'Redis' | 'PostgreSQL';
  /** Makes BullMQ's view of this store. Only after `check`: built earlier, it would be dead for ever on PostgreSQL. */
  readonly backend: BackendFactory<IQueueBackend, unknown>;
  /**
   * Finds out whether the store can be used now. Throws PermanentFailure when it must not be, anything else when it
   * does not answer yet.
   */
  check(): Promise<void>;
  /** Throws when the store does not answer. */
  ping(): Promise<void>;
  /**
   * For each key whether its job is waiting, delayed (by the store's clock, and no longer than `LONGEST_DELAY_MS`), paused
   * or active; no job of ours has a priority. Ask for all at once: what is long is read once for each question.
   */
  arePending(keys: JobKey[]): Promise<boolean[]>;
  /** When the next job to be taken was put into each queue, in milliseconds; null where none waits. Cheap however many wait. */
  oldestWaiting(queues: readonly string[]): Promise<(number | null)[]>;
  /** The schedules of a queue, in pages. */
  schedules(queue: string): AsyncIterable<CampaignSchedule>;
  /** Those of these campaigns that have one. Ask for a page of campaigns, not for all. */
  schedulesOf(queue: string, campaignIds: readonly string[]): Promise<CampaignSchedule[]>;
  /** How many schedules a queue has. Cheap on Redis, one scan of an index on PostgreSQL. */
  countSchedules(queue: string): Promise<number>;
  /** Runs `change` while nobody else changes the schedule of this campaign. */
  lockSchedule<Result>(campaignId: string, change: () => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}
