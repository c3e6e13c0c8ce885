import { type IncomingHttpHeaders } from 'node:http';
import { type Details, type MusterError, PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { retryAfter } from '../outward/retryAfter.ts';

const GUARD = "The company's compliance guard";
const LATER = new Set([408, 425, 429]);

/** It cannot be had now: out of reach, slow, broken off. `how` goes on with the sentence. */
export function guardUnavailable(host: string, how: string, details: Details = {}): TemporaryFailure {
  return new TemporaryFailure('outsideGuardUnavailable', `${GUARD} at ${host} ${how}.`, {
    details: { host, ...details },
  });
}

/** What came is no answer to what was asked; `how` goes on with the sentence, and quotes nothing of it. */
export function guardMalformed(host: string, how: string): PermanentFailure {
  const say = `${GUARD} at ${host} ${how}: nobody is contacted upon that; it must be mended there, or complianceGuardUrl changed.`;
  return new PermanentFailure('outsideGuardMalformed', say, { details: { host } });
}

/** It shows a certificate that cannot be trusted. */
export function guardUntrusted(host: string, code: string): PermanentFailure {
  const say = `The certificate of the company's compliance guard at ${host} cannot be trusted (${code}): it must be mended there.`;
  return new PermanentFailure('outsideGuardCertificateRefused', say, { details: { host, code } });
}

/** What an answer other than 200 means, and what to do about it. */
export function guardRefusal(host: string, status: number, headers: IncomingHttpHeaders): MusterError {
  if (status >= 500 || LATER.has(status)) {
    return guardUnavailable(host, `answers ${status}`, { status, ...retryAfter(headers) });
  }
  if (status >= 300 && status < 400) {
    const say = `${GUARD} at ${host} sends us elsewhere: give in complianceGuardUrl the address that answers itself.`;
    return new PermanentFailure('outsideGuardRedirected', say, { details: { host, status } });
  }
  const say = `${GUARD} at ${host} answers ${status} in place of 200: check complianceGuardUrl, and what that server demands.`;
  return new PermanentFailure('outsideGuardRefused', say, { details: { host, status } });
}
