import { type RequestHandler } from 'express';
import { type FailureLimit, limitFailures } from './limitFailures.ts';
import { limitInFlight } from './limitInFlight.ts';
import { limitRate } from './limitRate.ts';

/** How much is let through; 0 is no limit. */
export interface LimitSettings {
  /** Of a credential. */
  requestsPerMinute: number;
  companyRequestsPerMinute: number;
  runStartsPerMinute: number;
  inFlightPerCompany: number;
  failuresPerMinute: number;
}

export interface Limits {
  /** For `authenticate`. */
  failures: FailureLimit;
  /** Right after `authenticate`: requests of a credential, and those of all credentials of a company. */
  requests: RequestHandler[];
  /** After `requests`: what a company has under way. */
  inFlight: RequestHandler;
  /** On each route that starts a run, after `allow`. */
  runStarts: RequestHandler;
}

/** The limits of one API process, each with its own count. Limits of a company's own come before those given here. */
export function openLimits(settings: LimitSettings): Limits {
  return {
    failures: limitFailures(settings.failuresPerMinute),
    requests: [
      limitRate({
        what: 'requests of one API key or token',
        perMinute: settings.requestsPerMinute,
        ownLimit: ({ rateLimits }) => rateLimits?.requestsPerMinute,
        nameOf: ({ companyId, keyId }) => `${companyId} ${keyId}`, // one subject's tokens may be of two companies
      }),
      limitRate({
        what: 'requests of one company',
        perMinute: settings.companyRequestsPerMinute,
        ownLimit: ({ rateLimits }) => rateLimits?.companyRequestsPerMinute,
        nameOf: ({ companyId }) => companyId,
      }),
    ],
    inFlight: limitInFlight(settings.inFlightPerCompany),
    runStarts: limitRate({
      what: 'starts of runs of one company',
      perMinute: settings.runStartsPerMinute,
      ownLimit: ({ rateLimits }) => rateLimits?.runStartsPerMinute,
      nameOf: ({ companyId }) => companyId,
    }),
  };
}
