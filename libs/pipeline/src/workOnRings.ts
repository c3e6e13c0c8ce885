import { setTimeout as pause } from 'node:timers/promises';
import { codeOf, NotReady } from '@muster/core/errors';
import { type Log } from '@muster/core/log';
import { lanes } from './lanes.ts';
import { type AnswerRing, type BellWorker } from './taskBell.ts';

/** A list of work in PostgreSQL, of which somebody rings for each piece. */
export interface Worklist<Claim> {
  /** `imports`: for the log. */
  name: string;
  /** Takes the piece whose turn it is; undefined: nothing is to be done. */
  claim(): Promise<Claim | undefined>;
  /** Does it and records how it ended. Throws only where that could not be recorded: then its lease runs out. */
  execute(claim: Claim, stop: AbortSignal): Promise<void>;
  /** Starts a worker that answers each ring. */
  workRings(answer: AnswerRing, options: { concurrency: number }): Promise<BellWorker>;
  log: Log;
}

export interface RingWorkerOptions {
  /** Pieces at a time. */
  concurrency: number;
  /** How often it looks for work by itself: rings may be lost, and so may the worker that answered one. */
  sweepEveryMs: number;
}

const LET_GO_MS = 2_000; // to give back what is under way

/** Works on a list: on one piece for each ring, and on those that it finds, one after the other while there are any. */
export async function workOnRings<Claim>(
  list: Worklist<Claim>,
  { concurrency, sweepEveryMs }: RingWorkerOptions,
): Promise<BellWorker> {
  const taker = takerOf(list, concurrency);
  const worker = await list.workRings(taker.answer, { concurrency });
  const sweeps = repeat(taker.sweep, sweepEveryMs, (error) => report(list, error));
  const pauseAll = () => {
    taker.pause();
    worker.pause();
  };
  return {
    pause: pauseAll,
    close: async (graceMs) => {
      pauseAll();
      await taker.close(graceMs);
      await Promise.all([sweeps.stop(), worker.close(0)]);
    },
  };
}

/** Takes pieces and does them, so many at a time. */
function takerOf<Claim>(list: Worklist<Claim>, concurrency: number) {
  const stopping = new AbortController();
  const road = lanes(concurrency);
  const running = new Set<Promise<void>>();
  let isPaused = false;

  const keep = (work: Promise<void>) => {
    const over = work.finally(() => running.delete(over));
    running.add(over);
    return over;
  };
  /** Begins a piece, in a lane that is taken already; undefined: there is none, and the lane is free again. */
  const begin = async (signal: AbortSignal) => {
    let work: Promise<void> | undefined;
    try {
      const claim = isPaused ? undefined : await list.claim();
      work = claim && list.execute(claim, AbortSignal.any([signal, stopping.signal]));
    } finally {
      if (!work) road.give();
    }
    if (!work) return undefined;
    return { over: keep(work.finally(() => road.give())) };
  };
  // behind each piece it looks at once for the next: thousands may wait of which nobody has rung
  const sweep = async (): Promise<void> => {
    while (!isPaused && road.tryTake()) {
      const begun = await begin(stopping.signal);
      if (!begun) return;
      void keep(begun.over.then(sweep).catch((error: unknown) => report(list, error)));
    }
  };
  const settled = (ms: number) =>
    Promise.race([Promise.allSettled([...running]), pause(ms, undefined, { ref: false })]);
  return {
    sweep,
    // whose turn it is, whoever was rung for: the ring of that one comes to the others
    answer: async (id: string, signal: AbortSignal) => {
      await road.take(AbortSignal.any([signal, stopping.signal])).catch(() => {
        throw new NotReady(LET_GO_MS, `this worker stops: ${id} of ${list.name} is another one's`);
      });
      const begun = await begin(signal);
      await begun?.over; // else all is done, or others have it
    },
    pause: () => {
      isPaused = true;
    },
    close: async (graceMs: number) => {
      await settled(graceMs);
      stopping.abort();
      await settled(LET_GO_MS);
    },
  };
}

function repeat(task: () => Promise<void>, everyMs: number, onError: (error: unknown) => void) {
  const stopping = new AbortController();
  const over = (async () => {
    while (!stopping.signal.aborted) {
      await task().catch(onError);
      await pause(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await over;
    },
  };
}

function report<Claim>({ log, name }: Worklist<Claim>, error: unknown) {
  log.warn('tasks.notTaken', { queue: name, code: codeOf(error) ?? null }); // the next look tries again
}
