import { createHash } from 'node:crypto';
import { Refused } from './refused.ts';

/** The tag of an object's state: of the very text that is answered, so that no two states share one. */
export function etagOf(view: object): string {
  return `"${createHash('sha256').update(JSON.stringify(view)).digest('base64url').slice(0, 27)}"`;
}

/** Whether a list of tags, as `If-Match` and `If-None-Match` have it, names this one. */
export function namesTag(header: string | undefined, etag: string): boolean {
  return header?.split(',').some((tag) => [etag, `W/${etag}`, '*'].includes(tag.trim())) ?? false;
}

/** Throws Refused 412 where the caller says what it wants to change, and that is not what is stored now. */
export function requireMatch(ifMatch: string | undefined, view: object): void {
  if (ifMatch === undefined || namesTag(ifMatch, etagOf(view))) return;
  throw new Refused(412, {
    code: 'etagMismatch',
    message: 'the object has changed since: read it again, and send the ETag of that answer in If-Match',
  });
}
