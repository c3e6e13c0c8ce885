import { type Request } from 'express';
import { codeOf } from '@muster/core/errors';
import { Refused } from './refused.ts';

/**
 * The bytes of a body as they come, for operations that read it themselves. Throws Refused 413 beyond `maxBytes`, 400
 * `bodyCut` where the caller goes in the middle of it; either way the caller can be answered.
 */
export async function* bodyBytes(req: Request, maxBytes: number): AsyncGenerator<Buffer> {
  if (Number(req.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes);
  let seen = 0;
  try {
    // leaving the loop must not end the connection: there is an answer to send
    for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      seen += chunk.length;
      if (seen > maxBytes) throw tooLarge(maxBytes);
      yield chunk;
    }
  } catch (error) {
    throw isCut(error) ? cut() : error;
  } finally {
    req.resume(); // what is left of it must pass before the caller looks for the answer
  }
}

function isCut(error: unknown) {
  return ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED'].includes(codeOf(error) ?? '');
}

function cut() {
  return new Refused(400, { code: 'bodyCut', message: 'the body ended before it was whole' });
}

function tooLarge(maxBytes: number) {
  const most = maxBytes % MIB === 0 ? `${maxBytes / MIB} MiB` : `${maxBytes} bytes`;
  return new Refused(413, { code: 'tooLarge', message: `the body is too large: it may have ${most}` });
}

const MIB = 1024 * 1024;
