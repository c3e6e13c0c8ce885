import { type Request } from 'express';
import { type Page } from '@muster/db/pages';
import { etagOf } from './etag.ts';
import { type AnswerForm } from './operation.ts';
import { type Reply, replyOf } from './reply.ts';

type Viewed = Page<{ id: string }>;

/** The answer to an operation that succeeded: 200, in the envelope of its form. Undefined: it has been sent already. */
export function answer(form: AnswerForm, result: unknown, req: Request): Reply | undefined {
  if ('bytes' in form) return undefined;
  if ('page' in form) return replyOf(200, pageEnvelope(result as Viewed, req));
  const data = result as object;
  const content = 'bare' in form ? data : { status: 200, message: 'OK', data };
  return replyOf(200, content, { ETag: etagOf(data) });
}

/** A page of rows as a page of what is shown of them. */
export function pageOf<Row extends { id: string }, View extends object>(page: Page<Row>, view: (row: Row) => View) {
  return { ...page, rows: page.rows.map((row) => ({ ...view(row), id: row.id })) };
}

function pageEnvelope({ rows, total, totalIsEstimate, hasNext, hasPrevious }: Viewed, req: Request) {
  const address = (cursor: string, row: { id: string } | undefined) => (row ? neighbour(req, cursor, row.id) : null);
  return {
    status: 200,
    total,
    ...(totalIsEstimate && { totalIsEstimate }),
    count: rows.length,
    nextUrl: hasNext ? address('startingAfter', rows.at(-1)) : null,
    previousUrl: hasPrevious ? address('endingBefore', rows[0]) : null,
    data: rows,
  };
}

/** The same address with another cursor. Without scheme and host: only a proxy in front of us would know them. */
function neighbour(req: Request, cursor: string, id: string): string {
  const url = new URL(req.originalUrl, 'http://api');
  url.searchParams.delete('startingAfter');
  url.searchParams.delete('endingBefore');
  url.searchParams.set(cursor, id);
  return url.pathname + url.search;
}
