import { type ProcessContext } from '@muster/runtime/runProcess';

/**
 * Ends the process, with code 1, once one of its queues is heard no more: its supervisor starts another. First it stops as
 * on a signal, within the same limit, so that what the other queues have under way is finished or handed back, and does not
 * count as a crash.
 */
export function endWhenDeaf({ config, log, giveUp }: ProcessContext) {
  let stop: () => Promise<void> = () => Promise.resolve();
  let isEnding = false;
  return {
    /** Tells of a queue that is heard no more. */
    tell: (queue: string) => {
      if (isEnding) return;
      isEnding = true;
      log.error('worker.deaf', { queue });
      const end = () => giveUp(`jobs wait in the queue ${queue}, and this worker is given none`);
      setTimeout(end, config.STOP_WITHIN_MS).unref();
      void stop().then(end, end);
    },
    /** How the process stops. */
    stopBy: (given: () => Promise<void>) => {
      stop = given;
    },
  };
}
