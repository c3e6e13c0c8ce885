import { type LogFields } from '@muster/core/log';
import { type ProcessContext } from './runProcess.ts';

/** Why a process cannot go on. */
export interface LastWord {
  /** Its line in the log. */
  event: string;
  fields?: LogFields;
  reason: string;
}

/** The secrets in the database are sealed with another key than the one that we were started with. */
export const keyReplaced: LastWord = {
  event: 'secretKey.replaced',
  reason: 'the secret key was replaced while this process was up: it must be started with the new one',
};

/**
 * Ends the process, with code 1, for what only a new one mends: its supervisor starts another. First it stops as on a signal,
 * within the same limit, so that what is under way is finished or handed back, and does not count as a crash.
 */
export function endItself({ config, log, giveUp }: ProcessContext) {
  let stop: () => Promise<void> = () => Promise.resolve();
  let isEnding = false;
  return {
    /** Ends it; whoever asks first is heard. */
    because: ({ event, fields = {}, reason }: LastWord) => {
      if (isEnding) return;
      isEnding = true;
      log.error(event, fields);
      const end = () => giveUp(reason);
      setTimeout(end, config.STOP_WITHIN_MS).unref();
      void stop().then(end, end);
    },
    /** How the process stops. */
    stopBy: (given: () => Promise<void>) => {
      stop = given;
    },
  };
}
