import { setTimeout as pause } from 'node:timers/promises';
import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { type QueueStore } from './queueStore.ts';
import { type ReportTrouble, storeTrouble } from './queueTrouble.ts';

const EVERY_MS = 250;

/** Waits until the store can be used. Throws PermanentFailure when it must not be used, and when `signal` says so. */
export async function waitForStore(store: QueueStore, report: ReportTrouble, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await store.check();
      return;
    } catch (error) {
      if (error instanceof PermanentFailure) throw error;
      report(storeTrouble(error));
    }
    await pause(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  throw new TemporaryFailure('queueUnavailable', "stopped while waiting for the queue's store");
}
