import { type IncomingHttpHeaders } from 'node:http';
import { type Details, type MusterError, PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { retryAfter } from '../outward/retryAfter.ts';

/** A gateway as it is spoken of: of its address the host only, for the rest may hold a key. */
export interface NamedGateway {
  kind: 'text' | 'payment';
  host: string;
}

const LATER = new Set([408, 409, 425, 429]); // 409: it is still at an earlier request with the same key
const NOT_KNOWN = new Set([401, 403]);
const NOT_THERE = new Set([404, 405]);

/** It cannot be had now, or nobody knows whether it did what it was asked. `how` goes on with the sentence. */
export function gatewayUnavailable(gateway: NamedGateway, how: string, details: Details = {}): MusterError {
  return later(gateway, `${gateway.kind}GatewayUnavailable`, { say: `${nameOf(gateway)} ${how}.`, details });
}

/**
 * It says that it did what it was asked, or would not, in an answer that is none; `how` goes on with the sentence, and quotes
 * nothing of it. To be asked again: a gateway that keeps to the form gives the answer then, and does nothing twice.
 */
export function gatewayMalformed(gateway: NamedGateway, how: string): MusterError {
  const say = `${nameOf(gateway)} ${how}: what became of the request is not known. It is asked again under the same key; if that does not help, its answers must be mended there.`;
  return later(gateway, `${gateway.kind}GatewayMalformed`, { say });
}

/** It shows a certificate that cannot be trusted. */
export function gatewayUntrusted(gateway: NamedGateway, code: string): MusterError {
  const { kind, host } = gateway;
  const say = `The certificate of the ${kind} gateway at ${host} cannot be trusted (${code}): it must be mended there.`;
  return later(gateway, `${kind}GatewayCertificateRefused`, { say, details: { code } });
}

/** Its address is one of plain http that the operator does not allow. */
export function gatewayNotEncrypted(gateway: NamedGateway): MusterError {
  const say = `${nameOf(gateway)} is to be asked without encryption: use https, or let the operator add it to ALLOW_HTTP.`;
  return later(gateway, `${gateway.kind}GatewayNotEncrypted`, { say });
}

/** What an answer means that does not say what became of the request. */
export function gatewayRefusal(gateway: NamedGateway, status: number, headers: IncomingHttpHeaders): MusterError {
  const { kind, host } = gateway;
  if (status >= 500 || LATER.has(status)) {
    return gatewayUnavailable(gateway, `answers ${status}`, { status, ...retryAfter(headers) });
  }
  if (status < 400) {
    const say = `${nameOf(gateway)} sends us elsewhere: name the address that answers itself.`;
    return later(gateway, `${kind}GatewayRedirected`, { say, details: { status } });
  }
  if (NOT_KNOWN.has(status)) {
    const say = `${nameOf(gateway)} answers ${status}: it does not take us for whom we are. Check its address and its secret in the settings, and the clocks; nothing is lost meanwhile.`;
    return later(gateway, `${kind}GatewayUnauthorized`, { say, details: { status } });
  }
  if (NOT_THERE.has(status)) {
    const say = `${nameOf(gateway)} answers ${status}: there is no gateway at this address. Check it in the settings; nothing is lost meanwhile.`;
    return later(gateway, `${kind}GatewayNotThere`, { say, details: { status } });
  }
  if (kind === 'text') {
    const say = `${nameOf(gateway)} answers ${status}: it will never send this text.`;
    return new PermanentFailure('textRefused', say, { details: { host, status } });
  }
  const say = `${nameOf(gateway)} answers ${status}: it does not understand the request, and nothing is charged upon that.`;
  return new PermanentFailure('chargeNotUnderstood', say, { details: { host, status } });
}

interface Said {
  say: string;
  details?: Details;
}

function later({ host }: NamedGateway, code: string, { say, details = {} }: Said): TemporaryFailure {
  return new TemporaryFailure(code, say, { details: { host, ...details } });
}

function nameOf({ kind, host }: NamedGateway) {
  return `The ${kind} gateway${host && ` at ${host}`}`;
}
