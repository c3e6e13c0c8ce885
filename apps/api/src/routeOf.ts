import { type Request } from 'express';

/** Where routers are mounted. Taken from the address as it came: Express forgets it when a handler has thrown. */
const MOUNTS = [
  { asked: /^\/api\/companies\/[^/?]+/i, mount: '/api/companies/:companyId' },
  { asked: /^\/api(?![^/?])/i, mount: '/api' },
  { asked: /^\/queues(?![^/?])/i, mount: '/queues' },
];

/**
 * The route that has answered, as it was declared (`/api/campaigns/:campaignId`) and never as it was asked for: labels and
 * logs hold no ids. `(none)` where none has: unknown addresses, refused callers.
 */
export function routeOf(req: Request): string {
  const declared: unknown = (req.route as { path?: unknown } | undefined)?.path;
  const [path] = [declared].flat();
  if (typeof path !== 'string') return '(none)';
  const { mount } = MOUNTS.find(({ asked }) => asked.test(req.originalUrl)) ?? { mount: '' };
  return path === '/' ? mount || '/' : `${mount}${path}`;
}
