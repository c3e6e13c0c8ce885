import { type IncomingHttpHeaders } from 'node:http';
import { type MusterError, PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { retryAfter } from '../outward/retryAfter.ts';

const WEBHOOK = 'The alert webhook';

/** It cannot be reached, is slow, or broke off. */
export function webhookUnavailable(host: string, how: string, details: Record<string, unknown> = {}): MusterError {
  return new TemporaryFailure('webhookUnavailable', `${WEBHOOK} at ${host} ${how}`, { details: { host, ...details } });
}

/** It shows a certificate that cannot be trusted. */
export function webhookUntrusted(host: string, code: string): MusterError {
  const say = `The certificate of the alert webhook at ${host} cannot be trusted (${code}): it must be mended there.`;
  return new TemporaryFailure('webhookCertificateRefused', say, { details: { host, code } });
}

/** Its address is one of plain http that the operator does not allow. */
export function webhookNotEncrypted(host: string): MusterError {
  const say = `${WEBHOOK}${host && ` at ${host}`} is to be told without encryption: use https, or let the operator add it to ALLOW_HTTP.`;
  return new TemporaryFailure('webhookNotEncrypted', say, { details: { host } });
}

/** What an answer other than 2xx means. */
export function webhookRefusal(host: string, status: number, headers: IncomingHttpHeaders): MusterError {
  if (status === 410) {
    const say = `${WEBHOOK} at ${host} answers 410: it wants no more. Take it out of the settings, or name another one.`;
    return new PermanentFailure('webhookGone', say, { details: { host, status } });
  }
  if (status >= 300 && status < 400) {
    const say = `${WEBHOOK} at ${host} sends us elsewhere: name the address that answers itself.`;
    return new TemporaryFailure('webhookRedirected', say, { details: { host, status } });
  }
  const say = `${WEBHOOK} at ${host} answers ${status}: only 2xx says that it has taken a message.`;
  return new TemporaryFailure('webhookRefused', say, { details: { host, status, ...retryAfter(headers) } });
}
