import { type Refusal } from '@muster/core/fields';
import { type AllowList } from './readAllowList.ts';
import { refuseHost } from './refuseHost.ts';
import { type Target } from './usualPorts.ts';

/** What the operator allows of addresses in the form of a URL. */
export interface UrlRules {
  allow: AllowList;
  /** Whether an address may be asked without encryption, as `ALLOW_HTTP` says. */
  allowHttp: (host: string, port: number) => boolean;
}

/**
 * What is wrong with a URL to be asked or called, as far as can be told without a name server: no URL, a scheme other
 * than https (plain http only where allowed), a user or password in it, a host or port that is not allowed.
 */
export function refuseUrl(text: string, { allow, allowHttp }: UrlRules): Refusal | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    return { code: 'httpsRequired', message: 'must begin with https://' };
  if (url.username !== '' || url.password !== '')
    return { code: 'credentialsInAddress', message: 'must not carry a user or a password' };
  const target = targetOf(url);
  if (target.scheme === 'http' && !allowHttp(target.host, target.port)) {
    const message =
      'must begin with https://, unless the operator lets this address be asked by plain http (ALLOW_HTTP)';
    return { code: 'httpsRequired', message };
  }
  return refuseHost(target, allow);
}

/** Where a URL of http or https leads: IPv6 without brackets, the port that the scheme has where it names none. */
function targetOf({ protocol, hostname, port }: URL): Target {
  const scheme = protocol === 'http:' ? 'http' : 'https';
  const ownPort = scheme === 'http' ? 80 : 443;
  return { scheme, host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? ownPort : Number(port) };
}
