import { createHmac, timingSafeEqual } from 'node:crypto';
import { type IncomingHttpHeaders } from 'node:http';

const LATEST_S = 5 * 60;

/** A request whose signature is in question. */
export interface Signed {
  headers: IncomingHttpHeaders;
  body: string;
}

/** Whether a request was signed with this secret in the last five minutes, worked out as receivers of Standard Webhooks do. */
export function isSigned({ headers, body }: Signed, secret: string, now = new Date()): boolean {
  const [id = '', timestamp = '', signatures = ''] = ['id', 'timestamp', 'signature'].map((name) =>
    String(headers[`webhook-${name}`] ?? ''),
  );
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now.getTime() / 1_000 - Number(timestamp)) > LATEST_S) return false;
  const hmac = createHmac('sha256', bytesOf(secret)).update(`${id}.${timestamp}.${body}`);
  const expected = Buffer.from(`v1,${hmac.digest('base64')}`);
  return signatures.split(' ').some((given) => isSame(Buffer.from(given), expected));
}

function bytesOf(secret: string): Buffer {
  const [, base64] = /^whsec_(.*)$/s.exec(secret) ?? [];
  return base64 === undefined ? Buffer.from(secret) : Buffer.from(base64, 'base64');
}

function isSame(given: Buffer, expected: Buffer) {
  return given.length === expected.length && timingSafeEqual(given, expected);
}
