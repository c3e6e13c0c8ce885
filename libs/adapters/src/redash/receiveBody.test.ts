import { Readable, Writable } from 'node:stream';
import { receiveBody } from './receiveBody.ts';
import { type RedashReply } from './sendRequest.ts';

const MAX_BYTES = 100;
const bytes = '{"rows": []}';

async function receive(announced: number | undefined) {
  const to: Buffer[] = [];
  const headers = announced === undefined ? {} : { 'content-length': String(announced) };
  const reply = { headers, body: Readable.from([Buffer.from(bytes)]) } as unknown as RedashReply;
  await receiveBody(
    reply,
    new Writable({
      write: (chunk: Buffer, _, done) => {
        to.push(chunk);
        done();
      },
    }),
    MAX_BYTES,
  );
  return Buffer.concat(to).toString();
}

it.each([bytes.length, undefined])('takes a body of as many bytes as were announced: %s', async (announced) => {
  expect(await receive(announced)).toBe(bytes);
});

it.each([bytes.length + 1, bytes.length - 1])(
  'never takes another number of bytes than were announced for the whole: %s',
  async (announced) => {
    await expect(receive(announced)).rejects.toMatchObject({ code: 'redashBodyCut' });
  },
);

it('takes no body of which more is announced than is wanted', async () => {
  await expect(receive(MAX_BYTES + 1)).rejects.toMatchObject({ code: 'redashTooBig' });
});
