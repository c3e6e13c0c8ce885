import ipaddr from 'ipaddr.js';
import { type Address, addressKind, carriedAddress } from './addressKind.ts';
import { type AllowedPort, type AllowList } from './readAllowList.ts';
import { readHost } from './readHost.ts';
import { type Target } from './usualPorts.ts';

/**
 * Whether a connection to the target may go to this address of it. A listed name covers the networks that people run
 * servers in; what no server lives at (link-local with its 169.254.169.254, unspecified, multicast, …) must be listed as
 * an address, so that nobody who takes over the name gets there.
 */
export function allowsAddress(target: Target, address: Address, allow: AllowList): boolean {
  const kind = addressKind(address);
  if (kind === 'public' && isUsualPort(target, allow)) return true;
  if (kind !== 'never' && isListedName(target, allow)) return true;
  return allow.ranges.some(({ range, port }) => coversPort(allow, port, target) && isWithin(address, range));
}

/** Whether the operator lists the target's very name, for its port. */
export function isListedName(target: Target, allow: AllowList): boolean {
  const host = readHost(target.host);
  if (!host || !('name' in host)) return false;
  return allow.names.some(({ name, port }) => name === host.name && coversPort(allow, port, target));
}

/** Whether a range of the operator's may let an address of the target through, whatever address that is. */
export function mayBeInRange(target: Target, allow: AllowList): boolean {
  return allow.ranges.some(({ port }) => coversPort(allow, port, target));
}

/** Whether the target's port needs no entry. */
export function isUsualPort({ scheme, port }: Target, { usualPorts }: AllowList): boolean {
  return usualPorts[scheme].includes(port);
}

function coversPort(allow: AllowList, port: AllowedPort, target: Target): boolean {
  return port === 'any' || port === target.port || (port === 'usual' && isUsualPort(target, allow));
}

function isWithin(address: Address, [first, bits]: [Address, number]) {
  return [address, carriedAddress(address)].some(
    (seen) => seen instanceof ipaddr.IPv4 === first instanceof ipaddr.IPv4 && seen.match(first, bits),
  );
}
