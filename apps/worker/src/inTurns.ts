/** A piece of work that was taken. */
export type Job = (stop: AbortSignal) => Promise<void>;

type Take = () => Promise<Job | undefined>;

/** Takes from several lists in turns: each look begins at the list behind the last, and goes on to the others where one is empty. */
export function inTurns(lists: readonly Take[]): Take {
  let next = 0;
  return async () => {
    const first = next++;
    for (let nth = 0; nth < lists.length; nth++) {
      const job = await lists[(first + nth) % lists.length]?.();
      if (job) return job;
    }
    return undefined;
  };
}
