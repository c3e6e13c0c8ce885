const FIRST_BYTES = 64 * 1024;

/** Bytes that come together in one piece of memory, which grows as it fills: most files are small. */
export interface GrowingBuffer {
  /** Takes in as much of `chunk` as there is room for; gives how much that was. */
  fill(chunk: Buffer): number;
  isFull(): boolean;
  /** What has come together; the next begins empty. */
  empty(): Buffer;
}

/** Makes one for at most `mostBytes`. */
export function growingBuffer(mostBytes: number): GrowingBuffer {
  let memory = Buffer.alloc(0);
  let filled = 0;
  const grow = (wanted: number) => {
    const size = Math.min(mostBytes, Math.max(FIRST_BYTES, wanted, memory.length * 2));
    const larger = Buffer.allocUnsafeSlow(size);
    memory.copy(larger, 0, 0, filled);
    memory = larger;
  };
  return {
    fill: (chunk) => {
      const taken = Math.min(chunk.length, mostBytes - filled);
      if (filled + taken > memory.length) grow(filled + taken);
      chunk.copy(memory, filled, 0, taken);
      filled += taken;
      return taken;
    },
    isFull: () => filled === mostBytes,
    empty: () => {
      const bytes = memory.subarray(0, filled);
      memory = Buffer.alloc(0);
      filled = 0;
      return bytes;
    },
  };
}
