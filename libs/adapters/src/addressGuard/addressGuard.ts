import { lookup } from 'node:dns/promises';
import { PermanentFailure } from '@muster/core/errors';
import { type Refusal } from '@muster/core/fields';
import { addressKind, type AddressKind } from './addressKind.ts';
import { allowsAddress } from './allowsAddress.ts';
import { type AllowList } from './readAllowList.ts';
import { readAddress, readHost } from './readHost.ts';
import { notAllowed, refuseHost } from './refuseHost.ts';
import { type Target } from './usualPorts.ts';

/** Stands before every connection to an address that a customer wrote. */
export interface AddressGuard {
  /**
   * The addresses of the target, each allowed: connect to these, and never to the name, which may have another address
   * a moment later. Throws PermanentFailure `addressForbidden` where any of them is not allowed, and what the resolver
   * throws where the name has none (`ENOTFOUND`).
   */
  check(target: Target): Promise<string[]>;
}

export interface GuardOptions {
  allow: AllowList;
  /** The addresses of a name; default: the system's resolver. */
  resolve?: (name: string) => Promise<string[]>;
  /** For the operator's log: what the refusal itself does not say. */
  onRefused?: (refused: RefusedAddress) => void;
}

export interface RefusedAddress {
  host: string;
  port: number;
  address: string;
  kind: AddressKind;
}

/** A guard that lets through public servers at usual ports, and what the operator allows. */
export function addressGuard({ allow, resolve = askSystem, onRefused }: GuardOptions): AddressGuard {
  return {
    async check(target) {
      const refusal = refuseHost(target, allow);
      const host = readHost(target.host);
      if (refusal || !host) throw forbidden(target, refusal ?? notAllowed(target));
      if ('address' in host) return [host.address.toString()];
      const addresses = await resolve(host.name);
      const refused = addresses.find((text) => !isAllowed(target, text, allow));
      if (refused === undefined) return addresses;
      onRefused?.({ ...whereOf(target), address: refused, kind: kindOf(refused) });
      throw forbidden(target, notAllowed(target));
    },
  };
}

function askSystem(name: string): Promise<string[]> {
  return lookup(name, { all: true }).then((found) => found.map(({ address }) => address));
}

function isAllowed(target: Target, text: string, allow: AllowList) {
  const address = readAddress(text);
  return address !== undefined && allowsAddress(target, address, allow);
}

/** What cannot be read has a zone: it is of one link only. */
function kindOf(text: string): AddressKind {
  const address = readAddress(text);
  return address ? addressKind(address) : 'never';
}

const whereOf = ({ host, port }: Target) => ({ host, port });

function forbidden(target: Target, { code, message }: Refusal) {
  return new PermanentFailure(code, message, { details: whereOf(target) });
}
