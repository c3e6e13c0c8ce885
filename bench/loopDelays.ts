/** What one process says of its event loop, since it was last asked. */
export interface LoopDelay {
  /** `api` of `run-500k`. */
  process: string;
  p99Ms: number;
  maxMs: number;
}

/** The event loops' delays through all cases. */
export interface LoopDelays {
  note(process: string, metrics: string): void;
  readonly all: readonly LoopDelay[];
}

/** Begins to gather what the processes' own metrics say. */
export function gatherLoopDelays(): LoopDelays {
  const all: LoopDelay[] = [];
  return {
    all,
    note: (process, metrics) =>
      void all.push({ process, p99Ms: valueOf(metrics, 'p99') * 1_000, maxMs: valueOf(metrics, 'max') * 1_000 }),
  };
}

function valueOf(metrics: string, kind: string): number {
  return Number(new RegExp(`^nodejs_eventloop_lag_${kind}_seconds(?:{.*})? (\\S+)`, 'm').exec(metrics)?.[1] ?? NaN);
}
