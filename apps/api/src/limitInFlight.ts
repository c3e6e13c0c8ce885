import { type RequestHandler } from 'express';
import { callerOf } from './authenticate.ts';
import { tooMany } from './tooMany.ts';

/**
 * Lets so many requests of one company be under way at a time and answers 429 to further ones: one company's slow downloads
 * must not take all connections. 0 is no limit. Each process of the API counts its own.
 */
export function limitInFlight(most: number): RequestHandler {
  const underWay = new Map<string, number>();
  return (_req, res, next) => {
    if (res.closed) return; // the caller went while we looked the key up, and would never be counted off
    if (most > 0) {
      const { companyId } = callerOf(res);
      const before = underWay.get(companyId) ?? 0;
      if (before >= most) throw tooMany({ what: 'requests of one company at a time', limit: most, waitMs: 1_000 });
      underWay.set(companyId, before + 1);
      res.once('close', () => {
        const left = (underWay.get(companyId) ?? 1) - 1;
        if (left > 0) underWay.set(companyId, left);
        else underWay.delete(companyId);
      });
    }
    next();
  };
}
