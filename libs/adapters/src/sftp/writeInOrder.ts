import { createReadStream } from 'node:fs';
import { type SftpSession } from './sftpSession.ts';

/**
 * Writes a local file to an open remote handle, with up to `underWayBytes` under way. They leave in the order of
 * the file, so that a server which ignores offsets still gets the right bytes. Ends only when every write was answered.
 */
export async function writeInOrder(
  session: SftpSession,
  handle: Buffer,
  { localPath, underWayBytes }: { localPath: string; underWayBytes: number },
): Promise<void> {
  const source = createReadStream(localPath, { highWaterMark: session.maxWriteBytes });
  const writers = Math.max(1, Math.floor(underWayBytes / session.maxWriteBytes));
  const chunks = withPositions(source); // a generator serves its callers one by one, in order
  const failures: unknown[] = [];
  const writeNext = async () => {
    try {
      for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
        const { chunk, position } = next.value;
        await session.ask((sftp, done) => sftp.write(handle, chunk, 0, chunk.length, position, done));
      }
    } catch (error) {
      failures.push(error);
      source.destroy(); // the others stop at their next chunk
    }
  };
  await Promise.all(Array.from({ length: writers }, writeNext));
  if (failures.length > 0) throw failures[0];
}

async function* withPositions(source: AsyncIterable<Buffer>) {
  let position = 0;
  for await (const chunk of source) {
    yield { chunk, position };
    position += chunk.length;
  }
}
