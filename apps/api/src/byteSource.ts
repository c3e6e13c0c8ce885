import { type ByteSource } from '@muster/core/rowCursor';

/** Bytes that come in chunks, as a source to be scanned; `note` is told of each chunk. */
export function byteSource(chunks: AsyncIterator<Buffer, unknown>, note: (chunk: Buffer) => unknown): ByteSource {
  let left = Buffer.alloc(0) as Buffer;
  const readOn = async () => {
    const next = await chunks.next();
    if (next.done) return false;
    left = next.value;
    note(left);
    return true;
  };
  return {
    // fills what it is given: a value that is not whole is looked at anew after each read
    read: async (buffer, offset, length) => {
      let filled = 0;
      while (filled < length && (left.length > 0 || (await readOn()))) {
        const taken = left.copy(buffer, offset + filled, 0, length - filled);
        left = left.subarray(taken);
        filled += taken;
      }
      return { bytesRead: filled };
    },
  };
}
