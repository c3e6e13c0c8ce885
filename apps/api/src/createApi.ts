import express, { type Express, type RequestHandler, Router } from 'express';
import helmet from 'helmet';
import { codeOf } from '@muster/core/errors';
import { type Log } from '@muster/core/log';
import { openKeyring } from '@muster/db/keyring';
import { judgeUnreadable } from '@muster/db/watchSecretKey';
import { apiOperations } from './apiOperations.ts';
import { authenticate, requireOwnCompany } from './authenticate.ts';
import { openTokens } from './authentication/openTokens.ts';
import { countRequests } from './countRequests.ts';
import { dashboardRoutes } from './dashboard/dashboardRoutes.ts';
import { type ApiDeps } from './deps.ts';
import { descriptionRoutes } from './description/descriptionRoutes.ts';
import { openApiDocument } from './description/openApiDocument.ts';
import { errorHandler } from './errorHandler.ts';
import { healthRoutes } from './healthRoutes.ts';
import { identifyRequest, requestIdOf } from './identifyRequest.ts';
import { metricsRoutes } from './metricsRoutes.ts';
import { mountOperations } from './mountOperations.ts';
import { Refused } from './refused.ts';
import { shortLinkRoutes } from './shortLinkRoutes.ts';
import { smsRoutes } from './sms/smsRoutes.ts';

const REMEMBER_KEYS_MS = 2_000;

/** The lending API, under `/api` and under `/api/companies/{companyId}` alike, with the health checks beside it. */
export function createApi(deps: ApiDeps): Express {
  const keyring = openKeyring(deps.db, { rememberMs: deps.rememberKeysMs ?? REMEMBER_KEYS_MS });
  const { limits, tokens: tokenSettings } = deps;
  const tokens = tokenSettings && openTokens({ ...tokenSettings, companies: keyring });
  const operations = apiOperations(deps);
  const routes = mountOperations(
    deps,
    operations.filter(({ onlyUnderCompany }) => !onlyUnderCompany),
  );
  const companyRoutes = mountOperations(
    deps,
    operations.filter(({ onlyUnderCompany }) => onlyUnderCompany),
  );
  const api = Router();
  api.use(descriptionRoutes(openApiDocument(operations, { tokenUrl: deps.tokenUrl ?? '/oauth/token' })));
  api.use(authenticate(keyring, { ...(tokens && { tokens }), ...(limits && { failures: limits.failures }) }));
  if (limits) api.use(...limits.requests, limits.inFlight);
  api.use('/companies/:companyId', requireOwnCompany, companyRoutes, routes);
  api.use(routes);

  const app = express();
  app.disable('x-powered-by').disable('etag');
  if (deps.trustedProxies) app.set('trust proxy', deps.trustedProxies);
  app.use(protectPages, identifyRequest, logAnswer(deps.log), neverStore);
  app.use(healthRoutes(deps));
  if (deps.seen) app.use(seenFromOutside(deps, deps.seen));
  app.use('/api', api);
  app.use('/sms', smsRoutes(deps, keyring, noticeReplacedKey(deps)));
  app.use('/s', shortLinkRoutes(deps));
  app.use(refuseUnknown);
  app.use(errorHandler(deps.log, noticeReplacedKey(deps)));
  return app;
}

/** A secret that does not open may be as it should, and our key be the old one. */
function noticeReplacedKey({ onKeyReplaced, ...used }: ApiDeps) {
  return async (thrown: unknown) => {
    const error = await judgeUnreadable(thrown, used).catch(() => thrown);
    if (codeOf(error) === 'secretKeyReplaced') onKeyReplaced?.();
    return error;
  };
}

/** Figures for Prometheus and the jobs' dashboard; from here on, requests are counted. */
function seenFromOutside({ db, log, limits, rememberKeysMs }: ApiDeps, seen: NonNullable<ApiDeps['seen']>) {
  const shared = { db, log, ...seen, ...(limits && { failures: limits.failures }) };
  const remember = rememberKeysMs === undefined ? {} : { rememberKeysMs };
  return [
    countRequests(seen.metrics),
    metricsRoutes({ ...shared, ...remember }),
    dashboardRoutes({ ...shared, ...remember }),
  ];
}

// Without the demand for https: it would break our pages where a proxy speaks it for us, or nobody does.
const protectPages = helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } });

const neverStore: RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'no-store');
  next();
};

const refuseUnknown: RequestHandler = (req) => {
  throw new Refused(404, { code: 'routeNotFound', message: `there is no ${req.method} of this address` });
};

/** One line per answer. The address itself is not logged: external ids may name people. */
function logAnswer(log: Log): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now();
    res.on('close', () => {
      const durationMs = Math.round(performance.now() - startedAt);
      log.debug('request.answered', {
        requestId: requestIdOf(res),
        method: req.method,
        status: res.statusCode,
        durationMs,
      });
    });
    next();
  };
}
