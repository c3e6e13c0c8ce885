type Fail = (error: Error) => void;

/**
 * Promises that wait for a server, under one clock. The clock measures silence, not the single answer: as long as
 * answers come, a long queue of writes on a slow line is fine. (ssh2's own keepalive waits behind that queue and would
 * call the line dead.)
 */
export function owedAnswers({ answerTimeoutMs, onSilence }: { answerTimeoutMs: number; onSilence: () => void }) {
  const waiting = new Set<Fail>();
  let clock: NodeJS.Timeout | undefined;
  let silent = false;
  const stopClock = () => {
    clearTimeout(clock);
    clock = undefined;
  };
  const startClock = () => {
    clock ??= setTimeout(() => {
      silent = true;
      onSilence();
    }, answerTimeoutMs);
  };
  const heard = (fail: Fail) => {
    waiting.delete(fail);
    if (waiting.size === 0) stopClock();
    else clock?.refresh();
  };
  return {
    /** A promise that `failAll` can end. */
    promise: <Answer>(start: (resolve: (answer: Answer) => void, reject: Fail) => void) =>
      new Promise<Answer>((resolve, reject) => {
        const fail = (error: Error) => {
          heard(fail);
          reject(error);
        };
        waiting.add(fail);
        startClock();
        start((answer) => {
          heard(fail);
          resolve(answer);
        }, fail);
      }),
    /** No more answers will come. */
    failAll: (error: Error) => {
      stopClock();
      for (const fail of [...waiting]) fail(error);
    },
    areAny: () => waiting.size > 0,
    wentSilent: () => silent,
  };
}
