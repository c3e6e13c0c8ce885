import { type Refusal } from '@muster/core/fields';
import { allowsAddress, isListedName, isUsualPort, mayBeInRange } from './allowsAddress.ts';
import { type AllowList } from './readAllowList.ts';
import { readHost } from './readHost.ts';
import { type Target } from './usualPorts.ts';

/** Names that lead inside wherever they are known; those without a dot do as well. */
const INSIDE_NAMES = /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|private|corp|home|lan|home\.arpa)$/;
const SHOWN = 100;

/**
 * What is wrong with a target that can be told from its spelling, without asking a name server; undefined where only the
 * addresses of the name can tell.
 */
export function refuseHost(target: Target, allow: AllowList): Refusal | undefined {
  const host = readHost(target.host);
  if (!host) return strangeHost(target.host);
  if ('address' in host) return allowsAddress(target, host.address, allow) ? undefined : notAllowed(target);
  if (isListedName(target, allow)) return undefined;
  const isPublicName = host.name.includes('.') && !INSIDE_NAMES.test(host.name);
  const isPossiblePort = isUsualPort(target, allow) || mayBeInRange(target, allow);
  return isPublicName && isPossiblePort ? undefined : notAllowed(target);
}

/**
 * The refusal of a target. It is the same whatever address the name has, and whether that is private, reserved or
 * nobody's: else whoever writes campaigns could explore the operator's network by it.
 */
export function notAllowed({ host, port }: Target): Refusal {
  const bare = host.replace(/^\[|\]$/g, '');
  const place = `${bare.includes(':') ? `[${bare}]` : bare}:${port}`;
  return {
    code: 'addressForbidden',
    message: `Connections to ${place} are not allowed here: whoever operates this installation can add "${place}" to ALLOW_ADDRESSES.`,
  };
}

function strangeHost(host: string): Refusal {
  const shown = host.replace(/\P{ASCII}|\p{Cc}/gu, '?').slice(0, SHOWN);
  return {
    code: 'addressForbidden',
    message: `"${shown}" is no host in its usual form: write a name such as sftp.example.com, or an address in full.`,
  };
}
