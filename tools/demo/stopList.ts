/** Something that has been started, and how it is stopped. */
export interface Stoppable {
  stop(): Promise<void>;
}

/** What has been started, to be stopped in reverse order; those that were added together stop together. */
export function stopList() {
  const started: Stoppable[][] = [];
  return {
    add: (...together: Stoppable[]) => void started.push(together),
    /** Stops everything. One that fails does not keep the others from stopping. */
    stopAll: async () => {
      for (let next = started.pop(); next; next = started.pop()) {
        await Promise.allSettled(next.map((one) => one.stop()));
      }
    },
  };
}

export type StopList = ReturnType<typeof stopList>;
