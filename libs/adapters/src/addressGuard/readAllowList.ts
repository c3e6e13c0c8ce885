import ipaddr from 'ipaddr.js';
import { InvalidInput } from '@muster/core/errors';
import { type Address } from './addressKind.ts';
import { readAddress, readHost } from './readHost.ts';
import { type UsualPorts, usualPorts } from './usualPorts.ts';

/** Which ports an entry is for: one, any, or those that are usual for what is connected to. */
export type AllowedPort = number | 'any' | 'usual';

/** What the operator allows beyond the public servers that everybody may be sent to. */
export interface AllowList {
  readonly names: readonly { name: string; port: AllowedPort }[];
  readonly ranges: readonly { range: [Address, number]; port: AllowedPort }[];
  readonly usualPorts: UsualPorts;
}

const SETTING = 'ALLOW_ADDRESSES';
const EXAMPLES = 'redash.lan, redash.lan:5000, redash.lan:*, 10.1.0.0/16, 10.1.0.7:2022, [fd00::/8]:443';
const PARTS = /^(?:\[([^[\]]+)\]|([^[\]:]+))(?::(\*|\d{1,5}))?$/;

/**
 * Reads the operator's list: names, addresses and CIDR ranges, each with a port, `*` for any port, or the usual ports
 * where none is named. Throws InvalidInput with a fault for each faulty entry.
 */
export function readAllowList(text: string, ports = usualPorts): AllowList {
  const written = text.split(',').map((entry) => entry.trim());
  const read = written.filter((entry) => entry !== '').map(readEntry);
  const faults = read.flatMap((entry) => (typeof entry === 'string' ? [entry] : []));
  if (faults.length > 0)
    throw new InvalidInput(faults.map((message) => ({ field: SETTING, code: 'isAllowList', message })));
  return {
    names: read.flatMap((entry) => (typeof entry === 'object' && 'name' in entry ? [entry] : [])),
    ranges: read.flatMap((entry) => (typeof entry === 'object' && 'range' in entry ? [entry] : [])),
    usualPorts: ports,
  };
}

type Entry = AllowList['names'][number] | AllowList['ranges'][number];

/** The entry, or what is wrong with it. */
function readEntry(entry: string): Entry | string {
  const isBareIpv6 = !entry.startsWith('[') && entry.indexOf(':') !== entry.lastIndexOf(':');
  const [, inBrackets, outside, digits] = isBareIpv6 ? [entry, entry] : (PARTS.exec(entry) ?? []);
  const place = inBrackets ?? outside;
  const port = portOf(digits);
  if (place === undefined || port === undefined || (inBrackets !== undefined && !inBrackets.includes(':')))
    return strange(entry);
  if (place.includes('/')) return readRange(entry, { place, port });
  const host = readHost(place);
  if (!host) return strange(entry);
  if ('name' in host) return { name: host.name, port };
  return isMapped(host.address) ? mapped(entry) : { range: [host.address, bitsOf(host.address)], port };
}

function readRange(entry: string, { place, port }: { place: string; port: AllowedPort }): Entry | string {
  const [, base = '', digits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(place) ?? [];
  const address = readAddress(base);
  const bits = Number(digits);
  if (!address || bits > bitsOf(address)) return strange(entry);
  if (isMapped(address)) return mapped(entry);
  const kind = address instanceof ipaddr.IPv4 ? ipaddr.IPv4 : ipaddr.IPv6;
  const first = kind.networkAddressFromCIDR(place).toString();
  if (first !== address.toString()) return `"${entry}" names an address inside of a range: write ${first}/${bits}`;
  return { range: [address, bits], port };
}

function portOf(digits: string | undefined): AllowedPort | undefined {
  if (digits === undefined) return 'usual';
  if (digits === '*') return 'any';
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? port : undefined;
}

const bitsOf = (address: Address) => (address instanceof ipaddr.IPv4 ? 32 : 128);
const isMapped = (address: Address) => address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress();
const mapped = (entry: string) => `"${entry}" holds an IPv4 address in IPv6: write the IPv4 address`;
const strange = (entry: string) =>
  `"${entry.slice(0, 100)}" is neither a host nor a range: write it as one of ${EXAMPLES}`;
