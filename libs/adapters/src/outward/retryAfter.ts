import { type IncomingHttpHeaders } from 'node:http';

/** How long an answer asks us to wait, in seconds or until a date, for the details of a failure; nothing where it does not say. */
export function retryAfter(headers: IncomingHttpHeaders): { retryAfterMs?: number } {
  const text = headers['retry-after'] ?? '';
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? { retryAfterMs: Math.max(0, ms) } : {};
}
