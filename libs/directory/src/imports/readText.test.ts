import { readText } from './readText.ts';

async function read(chunks: Buffer[]) {
  let bytes = 0;
  const pieces: string[] = [];
  const source = (async function* () {
    yield* chunks;
  })();
  for await (const piece of readText(source, (count) => (bytes += count))) pieces.push(piece);
  return { text: pieces.join(''), bytes, longest: Math.max(0, ...pieces.map((piece) => piece.length)) };
}

it('puts characters together that the chunks cut', async () => {
  const text = 'aü€😀z'.repeat(3);
  const bytes = Buffer.from(text);

  expect(await read([...bytes].map((byte) => Buffer.from([byte])))).toMatchObject({ text, bytes: bytes.length });
});

it('gives pieces of bounded length, whatever the chunks are', async () => {
  const text = '€'.repeat(1_000_000);
  const { text: found, longest } = await read([Buffer.from(text)]);

  expect(found === text).toBe(true);
  expect(longest).toBeLessThanOrEqual(65_536);
});

it('leaves out a byte order mark, and only at the beginning', async () => {
  const mark = Buffer.from('\uFEFF');

  expect((await read([mark.subarray(0, 1), mark.subarray(1), Buffer.from('a\uFEFFb')])).text).toBe('a\uFEFFb');
});

it.each([
  ['a byte that begins nothing', [0x61, 0xff, 0x62]],
  ['half a surrogate pair', [0xed, 0xa0, 0x80]],
  ['an overlong form', [0xc0, 0xaf]],
  ['UTF-16', [0xff, 0xfe, 0x61, 0x00]],
  ['a character that ends with the file', [0x61, 0xe2, 0x82]],
])('refuses %s', async (_, bytes) => {
  await expect(read([Buffer.from(bytes)])).rejects.toMatchObject({ faults: [{ code: 'notUtf8' }] });
});
