/** So many at a time; whoever comes later waits his turn. */
export interface Slots {
  /** Waits for a slot; gives what gives it back. */
  take(): Promise<() => void>;
}

/** Makes `count` slots. */
export function slots(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];
  const release = () => {
    const next = waiting.shift();
    if (next) next();
    else free++;
  };
  return {
    take: async () => {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      return release;
    },
  };
}
