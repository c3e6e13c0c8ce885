/** Does `work` while the clock of this process is so far ahead (or behind, below zero). Timers run on as they should. */
export async function wrongClock<Result>(aheadMs: number, work: () => Promise<Result>): Promise<Result> {
  const RightDate = globalThis.Date;
  globalThis.Date = class extends RightDate {
    constructor(...given: unknown[]) {
      super(...((given.length > 0 ? given : [RightDate.now() + aheadMs]) as [number]));
    }
    static override now() {
      return RightDate.now() + aheadMs;
    }
  } as DateConstructor;
  try {
    return await work();
  } finally {
    globalThis.Date = RightDate;
  }
}
