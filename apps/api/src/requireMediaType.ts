import { type Request } from 'express';
import { Refused } from './refused.ts';

/** Whether anything comes behind the headers. */
export function hasBody(req: Request): boolean {
  return req.get('transfer-encoding') !== undefined || Number(req.get('content-length') ?? 0) > 0;
}

/** Throws Refused 415 unless the body is UTF-8 JSON. */
export function requireJson(req: Request): void {
  if (req.is(['application/json', '+json']) === false) {
    throw unsupported('the body must be JSON: Content-Type: application/json');
  }
  // JSON is UTF-8 (RFC 8259); the bytes are looked at before they are decoded
  if (/charset\s*=(?!\s*"?utf-8\b)/i.test(req.get('content-type') ?? '')) {
    throw unsupported('the charset must be UTF-8');
  }
}

/** Throws Refused 415 unless the body is of one of these media types. */
export function requireMediaType(req: Request, types: readonly string[]): void {
  if (req.is([...types]) === false) throw unsupported(`the Content-Type must be one of ${types.join(', ')}`);
}

/** Throws Refused 415 for a body that is packed. */
export function requireUnpacked(req: Request): void {
  const packing = req.get('content-encoding') ?? 'identity';
  if (packing.toLowerCase() !== 'identity') throw unsupported('this body must come without a Content-Encoding');
}

function unsupported(message: string) {
  return new Refused(415, { code: 'unsupportedMediaType', message });
}
