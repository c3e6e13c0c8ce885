import { type Request, type Response } from 'express';
import { type Page, type PageRequest } from '@muster/db/pages';
import { type PageQuery } from './queries.ts';

/** Answers one object: everything that succeeds is 200. */
export function sendObject(res: Response, data: object, message = 'OK'): void {
  res.json({ status: 200, message, data });
}

/** Answers a page of a list, with the addresses of its neighbours. */
export function sendPage<Row extends { id: string }>(res: Response, page: Page<Row>, view: (row: Row) => object): void {
  const { req } = res;
  const { rows, total, totalIsEstimate, hasNext, hasPrevious } = page;
  const address = (cursor: string, row: Row | undefined) => (row ? neighbour(req, cursor, row.id) : null);
  res.json({
    status: 200,
    total,
    ...(totalIsEstimate && { totalIsEstimate }),
    count: rows.length,
    nextUrl: hasNext ? address('startingAfter', rows.at(-1)) : null,
    previousUrl: hasPrevious ? address('endingBefore', rows[0]) : null,
    data: rows.map(view),
  });
}

/** The page that a query asks for. */
export function pageRequestOf({ limit, startingAfter, endingBefore }: Pick<PageQuery, keyof PageQuery>): PageRequest {
  return {
    limit,
    ...(startingAfter !== undefined && { startingAfter }),
    ...(endingBefore !== undefined && { endingBefore }),
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
