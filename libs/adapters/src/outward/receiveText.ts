import { type IncomingHttpHeaders } from 'node:http';

/** An answer whose body is to come, and how to speak of one that cannot be used. */
export interface Receiving {
  headers: IncomingHttpHeaders;
  /** The most bytes that are taken. */
  maxBytes: number;
  /** The failure where it broke off; `how` goes on with the sentence. */
  cut: (how: string) => Error;
  /** The failure where it is whole, and none that we take; `how` goes on with the sentence, and quotes nothing of it. */
  malformed: (how: string) => Error;
}

/** The body of an answer as text, if it is whole, not packed, in UTF-8 and no longer than it may be. */
export async function receiveText(stream: AsyncIterable<Buffer>, receiving: Receiving): Promise<string> {
  const { headers, malformed } = receiving;
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw malformed('packs its answers though we do not ask for it');
  }
  const bytes = await gather(stream, receiving);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw malformed('answers with what is no text in UTF-8');
  }
}

async function gather(stream: AsyncIterable<Buffer>, { headers, maxBytes, cut, malformed }: Receiving) {
  const tooBig = () => malformed(`answers with more than ${maxBytes} bytes`);
  const announced = Number(headers['content-length'] ?? NaN);
  if (announced > maxBytes) throw tooBig();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooBig();
    chunks.push(chunk);
  }
  if (Number.isSafeInteger(announced) && bytes !== announced) throw cut('broke off in the middle of its answer');
  return Buffer.concat(chunks);
}
