/** Does `work` for each item, so many at a time, in order of their start. The first failure ends it, once all lanes have stopped. */
export async function inLanes<Item>(
  items: Iterable<Item>,
  lanes: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  let next = 0;
  let failed = false;
  const lane = async () => {
    while (next < waiting.length && !failed) {
      await work(waiting[next++] as Item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  const results = await Promise.allSettled(Array.from({ length: lanes }, lane));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
