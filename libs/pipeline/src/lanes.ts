/** So many places to work in, and no more. */
export interface Lanes {
  /** Takes a lane if one is free. */
  tryTake(): boolean;
  /** Waits for a lane, in turn; rejects with the signal's reason when told to stop. */
  take(signal: AbortSignal): Promise<void>;
  /** Gives a lane back. */
  give(): void;
}

/** Makes lanes. */
export function lanes(count: number): Lanes {
  let free = count;
  const waiting: (() => void)[] = [];
  return {
    tryTake: () => {
      if (free === 0) return false;
      free -= 1;
      return true;
    },
    take: (signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        if (free > 0) {
          free -= 1;
          resolve();
          return;
        }
        const enter = () => {
          signal.removeEventListener('abort', leave);
          resolve();
        };
        const leave = () => {
          waiting.splice(waiting.indexOf(enter), 1);
          reject(signal.reason as Error);
        };
        waiting.push(enter);
        signal.addEventListener('abort', leave, { once: true });
      }),
    give: () => {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    },
  };
}
