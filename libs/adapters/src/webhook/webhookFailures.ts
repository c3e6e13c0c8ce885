import { type IncomingHttpHeaders } from 'node:http';
import { type Details, type MusterError, PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { retryAfter } from '../outward/retryAfter.ts';

/** A webhook as it is spoken of: of its address the host only, for the rest may hold a key. */
export interface NamedWebhook {
  /** Goes on with `the`: `alert webhook`. */
  called: string;
  host: string;
}

/** It cannot be reached, is slow, or broke off. */
export function webhookUnavailable(webhook: NamedWebhook, how: string, details: Details = {}): MusterError {
  const { host } = webhook;
  return new TemporaryFailure('webhookUnavailable', `${nameOf(webhook)} ${how}`, { details: { host, ...details } });
}

/** It shows a certificate that cannot be trusted. */
export function webhookUntrusted({ called, host }: NamedWebhook, code: string): MusterError {
  const say = `The certificate of the ${called} at ${host} cannot be trusted (${code}): it must be mended there.`;
  return new TemporaryFailure('webhookCertificateRefused', say, { details: { host, code } });
}

/** Its address is one of plain http that the operator does not allow. */
export function webhookNotEncrypted(webhook: NamedWebhook): MusterError {
  const { host } = webhook;
  const say = `${nameOf(webhook)} is to be told without encryption: use https, or let the operator add it to ALLOW_HTTP.`;
  return new TemporaryFailure('webhookNotEncrypted', say, { details: { host } });
}

/** What an answer other than 2xx means. */
export function webhookRefusal(webhook: NamedWebhook, status: number, headers: IncomingHttpHeaders): MusterError {
  const { host } = webhook;
  if (status === 410) {
    const say = `${nameOf(webhook)} answers 410: it wants no more. Take it out of the settings, or name another one.`;
    return new PermanentFailure('webhookGone', say, { details: { host, status } });
  }
  if (status >= 300 && status < 400) {
    const say = `${nameOf(webhook)} sends us elsewhere: name the address that answers itself.`;
    return new TemporaryFailure('webhookRedirected', say, { details: { host, status } });
  }
  const say = `${nameOf(webhook)} answers ${status}: only 2xx says that it has taken a message.`;
  return new TemporaryFailure('webhookRefused', say, { details: { host, status, ...retryAfter(headers) } });
}

function nameOf({ called, host }: NamedWebhook) {
  return `The ${called}${host && ` at ${host}`}`;
}
