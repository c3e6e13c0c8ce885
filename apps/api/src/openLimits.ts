import { type RequestHandler } from 'express';
import { type Caller, type RateLimits } from '@muster/db/apiKeys';
import { type FailureLimit, limitFailures } from './limitFailures.ts';
import { limitInFlight } from './limitInFlight.ts';
import { limitRate } from './limitRate.ts';

/** How much is let through; 0 is no limit. */
export interface LimitSettings {
  /** Of a credential. */
  requestsPerMinute: number;
  companyRequestsPerMinute: number;
  /** Of a carrier's key, in place of both, and of a company's own limits. */
  carrierRequestsPerMinute: number;
  runStartsPerMinute: number;
  inFlightPerCompany: number;
  failuresPerMinute: number;
  wrongShortLinksPerMinute: number;
}

/** Lets everything through. */
export const noLimits: Readonly<LimitSettings> = {
  ...{ requestsPerMinute: 0, companyRequestsPerMinute: 0, carrierRequestsPerMinute: 0 },
  ...{ runStartsPerMinute: 0, inFlightPerCompany: 0, failuresPerMinute: 0, wrongShortLinksPerMinute: 0 },
};

export interface Limits {
  /** For `authenticate`. */
  failures: FailureLimit;
  /** Apart from those, and higher: thousands of phones may share the address of their carrier. */
  shortLinks: FailureLimit;
  /** Right after `authenticate`: requests of a credential, and those of all credentials of a company. */
  requests: RequestHandler[];
  /** After `requests`: what a company has under way. */
  inFlight: RequestHandler;
  /** On each route that starts a run, after `allow`. */
  runStarts: RequestHandler;
}

/**
 * The limits of one API process, each with its own count. Limits of a company's own come before those given here. What a
 * carrier brings in counts for itself: how many texts come in is up to those who write them, and none must be lost to a
 * back office that asks much.
 */
export function openLimits(settings: LimitSettings): Limits {
  const ownOr = (name: keyof RateLimits & keyof LimitSettings) => (caller: Caller) =>
    caller.rateLimits?.[name] ?? settings[name];
  const unlessCarrier = (limitOf: (caller: Caller) => number, carriers: number) => (caller: Caller) =>
    caller.role === 'carrier' ? carriers : limitOf(caller);
  return {
    failures: limitFailures({ what: 'wrong credentials', perMinute: settings.failuresPerMinute }),
    shortLinks: limitFailures({ what: 'wrong short addresses', perMinute: settings.wrongShortLinksPerMinute }),
    requests: [
      limitRate({
        what: 'requests of one API key or token',
        perMinute: unlessCarrier(ownOr('requestsPerMinute'), settings.carrierRequestsPerMinute),
        nameOf: ({ companyId, keyId }) => `${companyId} ${keyId}`, // one subject's tokens may be of two companies
      }),
      limitRate({
        what: 'requests of one company',
        perMinute: unlessCarrier(ownOr('companyRequestsPerMinute'), 0),
        nameOf: ({ companyId }) => companyId,
      }),
    ],
    inFlight: limitInFlight(settings.inFlightPerCompany),
    runStarts: limitRate({
      what: 'starts of runs of one company',
      perMinute: ownOr('runStartsPerMinute'),
      nameOf: ({ companyId }) => companyId,
    }),
  };
}
