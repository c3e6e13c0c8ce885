import { type IQueueBackend, type Queue } from 'bullmq';

/** A queue of BullMQ on any store. */
export type JobQueue = Queue<unknown, void, string, unknown, void, string, IQueueBackend, unknown>;
