import { type Response } from 'express';
import { namesTag } from './etag.ts';

/** An answer that is made, and can be sent or kept. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  /** JSON. */
  body: string;
}

/** An answer of JSON. */
export function replyOf(status: number, content: object, headers: Record<string, string> = {}): Reply {
  return { status, headers, body: JSON.stringify(content) };
}

/** Sends an answer; 304 to a caller that has it already. */
export function sendReply(res: Response, { status, headers, body }: Reply): void {
  const { ETag: etag } = headers;
  const isRead = ['GET', 'HEAD'].includes(res.req.method);
  res.set(headers);
  if (isRead && etag !== undefined && namesTag(res.req.get('if-none-match'), etag)) res.status(304).end();
  else res.status(status).type('json').send(body);
}
