import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { readAhead } from './readAhead.ts';

const never = new AbortController().signal;

/** A file in chunks of four bytes, and how many of them were asked for. */
function fileOf(content: string) {
  const chunks = content.match(/.{1,4}/g) ?? [];
  const asked = { chunks: 0 };
  const read = (function* () {
    for (const chunk of chunks) {
      asked.chunks += 1;
      yield Buffer.from(chunk);
    }
  })();
  return { asked, file: Readable.from(read, { highWaterMark: 1 }) };
}

it.each([
  ['whole, where it fits to the byte', 10, true],
  ['in part, where it is a byte too long', 9, false],
  ['in part, where nothing may be held', 0, false],
  ['not at all, where others have used the memory up', -1, false],
])('holds a file %s, and gives all of it', async (_, mostBytes, isWhole) => {
  const ahead = await readAhead(fileOf('0123456789').file, { mostBytes, signal: never });

  expect(ahead.isWhole).toBe(isWhole);
  expect(await text(ahead.all)).toBe('0123456789');
});

it('holds an empty file whole', async () => {
  const ahead = await readAhead(fileOf('').file, { mostBytes: 0, signal: never });
  expect(ahead).toMatchObject({ bytes: 0, isWhole: true });
});

it('reads no further of a long file than it must', async () => {
  const { asked, file } = fileOf('x'.repeat(4_000));

  const { bytes } = await readAhead(file, { mostBytes: 10, signal: never });

  expect(bytes).toBe(12);
  expect(asked.chunks).toBeLessThan(10);
  file.destroy();
});

it('stops waiting for a file that says no more', async () => {
  const stop = new AbortController();
  const file = new PassThrough();
  file.write('a');
  const reading = readAhead(file, { mostBytes: 10, signal: stop.signal });

  stop.abort(new Error('the lease is lost'));

  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  expect(file.destroyed).toBe(true);
});
