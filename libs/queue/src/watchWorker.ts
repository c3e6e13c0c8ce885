/** What the watchdog sees of a worker. */
export interface WatchedWorker {
  /** How many jobs it has been given so far. */
  given(): number;
  hasFreeSlot(): boolean;
  /** Whether jobs wait that it may take at once. Throws when the store does not answer. */
  areJobsReady(): Promise<boolean>;
}

export interface WatchOptions {
  /** How long a worker may take nothing though it could. */
  afterMs: number;
  /** Called once: this worker will take no job any more. */
  onDeaf: () => void;
}

const LOOKS = 6;

/**
 * Watches a worker that could have gone deaf: one that has a free slot and is given nothing while jobs wait. Looks are
 * counted, not the time between them: a process that was stopped for an hour, or a store that was away, proves nothing.
 * Gives what ends it.
 */
export function watchWorker(worker: WatchedWorker, { afterMs, onDeaf }: WatchOptions): () => void {
  let given = worker.given();
  let looks = 0;
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const isIdleInVain = async () => {
    const before = given;
    given = worker.given();
    if (given !== before || !worker.hasFreeSlot()) return false;
    const areReady = await worker.areJobsReady().catch(() => false); // a store that is away is no fault of the worker
    return areReady && worker.given() === given && worker.hasFreeSlot();
  };
  const look = async () => {
    looks = (await isIdleInVain()) ? looks + 1 : 0;
    if (ended) return;
    if (looks > LOOKS) onDeaf();
    else begin();
  };
  const begin = () => {
    timer = setTimeout(() => void look(), afterMs / LOOKS).unref();
  };
  begin();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
