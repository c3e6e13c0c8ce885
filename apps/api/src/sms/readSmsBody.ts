import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import express, { type Request, type RequestHandler } from 'express';
import { organisationIn } from './authenticateRaw.ts';
import { refuseDepth } from '../refuseDepth.ts';
import { Refused } from '../refused.ts';

const LIMIT_BYTES = 100 * 1024;
const MD5_HEADERS = ['content-md5', 'requestmd5'];
const JSON_TYPE = /^application\/([\w.-]+\+)?json\s*(;\s*charset\s*=\s*"?utf-?8"?\s*)?$/i;

/**
 * Reads a body of JSON, once its MD5 has shown that it came as it was sent (contract: sms-inbound). A request without a body
 * needs none, and has the body undefined.
 */
export function readSmsBody(limit = LIMIT_BYTES): RequestHandler[] {
  const parse: RequestHandler = (req, res, next) => {
    const bytes: unknown = req.body;
    req.body = undefined;
    if (Buffer.isBuffer(bytes) && bytes.length > 0) {
      checkMd5(req, bytes, organisationIn(res).requireMd5);
      req.body = parseJson(req, bytes);
    }
    next();
  };
  // as it came, and not unpacked: the checksum is of these bytes
  return [express.raw({ type: () => true, limit, inflate: false }), parse];
}

function checkMd5(req: Request, bytes: Buffer, isRequired: boolean) {
  const given = MD5_HEADERS.flatMap((name) => req.get(name)?.trim() ?? []);
  if (given.length === 0 && isRequired) {
    const message = 'the MD5 of the body is missing: send it, as 32 hexadecimal digits, in Content-MD5 or RequestMD5';
    throw new Refused(400, { code: 'missingMd5', message });
  }
  const right = createHash('md5').update(bytes).digest('hex');
  if (given.every((md5) => md5.toLowerCase() === right)) return;
  const message = 'the body is not the one whose MD5 was sent: it must be that of its bytes, as 32 hexadecimal digits';
  throw new Refused(400, { code: 'wrongMd5', message });
}

function parseJson(req: Request, bytes: Buffer): unknown {
  if (!JSON_TYPE.test(req.get('content-type') ?? '')) {
    const message = 'the body must be JSON in UTF-8: send Content-Type: application/json';
    throw new Refused(400, { code: 'wrongMediaType', message });
  }
  if (!isUtf8(bytes)) throw malformed('the body is not UTF-8');
  refuseDepth(bytes);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw malformed('the body is not JSON'); // the parser's own words quote the body
  }
}

function malformed(message: string) {
  return new Refused(400, { code: 'malformedJson', message });
}
