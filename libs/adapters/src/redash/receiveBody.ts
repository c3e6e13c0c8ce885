import { type Duplex, Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { codeOf, PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { type RedashReply } from './sendRequest.ts';

/**
 * Takes a whole body, unpacked, at the speed of the line. Throws `redashBodyCut` where fewer bytes came than were
 * announced or the packing is broken, `redashTooBig` where more than `maxBytes` came, packed or unpacked.
 */
export async function receiveBody(reply: RedashReply, to: Writable, maxBytes: number): Promise<void> {
  const announced = announcedBytes(reply);
  if (announced !== undefined && announced > maxBytes) throw tooBig(maxBytes);
  const packed = byteCounter(maxBytes);
  try {
    await pipeline([reply.body, packed.through, ...unpacking(reply, maxBytes), to]);
  } catch (error) {
    throw bodyFailure(error);
  }
  if (announced !== undefined && packed.seen() !== announced) {
    throw bodyCut(`announced ${announced} bytes and sent ${packed.seen()}`);
  }
}

/** Redash answered, but not all of it arrived. */
export function bodyCut(how: string) {
  return new TemporaryFailure('redashBodyCut', `The answer of Redash is not whole: it ${how}.`);
}

function unpacking({ headers }: RedashReply, maxBytes: number): Duplex[] {
  const packing = headers['content-encoding'] ?? 'identity';
  if (packing === 'identity') return [];
  if (packing === 'gzip') return [createGunzip(), byteCounter(maxBytes).through];
  throw new PermanentFailure(
    'redashNotJson',
    'Redash, or a proxy before it, packs its answers in a way we did not ask for.',
  );
}

function announcedBytes({ headers }: RedashReply): number | undefined {
  const length = Number(headers['content-length'] ?? NaN);
  return Number.isSafeInteger(length) ? length : undefined;
}

function byteCounter(maxBytes: number) {
  let bytes = 0;
  const through = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(tooBig(maxBytes));
      else done(null, chunk);
    },
  });
  return { through, seen: () => bytes };
}

function tooBig(maxBytes: number) {
  return new PermanentFailure(
    'redashTooBig',
    `The answer of Redash is bigger than ${maxBytes} bytes: let the query give fewer columns or rows, or raise the limit.`,
    { details: { maxBytes } },
  );
}

function bodyFailure(error: unknown): unknown {
  const code = codeOf(error) ?? '';
  if (code.startsWith('Z_') || code === 'ERR_STREAM_PREMATURE_CLOSE') return bodyCut('breaks off or is badly packed');
  if (/^E(NOENT|NOSPC|DQUOT|FBIG|ROFS|ACCES|IO|MFILE)$/.test(code)) {
    return new TemporaryFailure('spoolNotWritten', `The answer of Redash could not be kept on disk (${code}).`, {
      details: { code },
    });
  }
  if (/^(ECONNRESET|EPIPE|HPE_.*)$/.test(code)) return bodyCut(`broke off (${code})`);
  return error;
}
