import { type RequestHandler, Router } from 'express';
import { allow } from './authenticate.ts';
import { type ApiDeps } from './deps.ts';
import { type Operation } from './operation.ts';
import { readBody } from './readBody.ts';
import { runOperation } from './runOperation.ts';

/** The routes of some operations. */
export function mountOperations(deps: Pick<ApiDeps, 'db' | 'log' | 'limits'>, operations: Operation[]): Router {
  const router = Router();
  for (const operation of operations) {
    const path = operation.path.replaceAll(/\{(\w+)\}/g, ':$1');
    const limits = operation.startsRun && deps.limits ? [deps.limits.runStarts] : [];
    const handlers = [allow(operation.scope), ...limits, ...bodyReaders(operation), runOperation(deps, operation)];
    for (const method of operation.methods) router[method](path === '' ? '/' : path, ...handlers);
  }
  return router;
}

function bodyReaders({ methods, body }: Operation): RequestHandler[] {
  if (methods.includes('get') || (body && ('bytes' in body || body.streamed))) return [];
  if (!body) return readBody();
  const { limit, optional, asList } = body;
  return readBody({ ...(limit && { limit }), ...(!optional && { required: asList ? 'list' : 'object' }) });
}
