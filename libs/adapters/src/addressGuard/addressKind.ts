import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** `public`: somebody's server. `inside`: networks that people run servers in. `never`: no server of anybody's. */
export type AddressKind = 'public' | 'inside' | 'never';

const INSIDE = new Set<string>(['private', 'loopback', 'uniqueLocal', 'carrierGradeNat']);
const GIVEN_OUT = ipaddr.IPv6.parseCIDR('2000::/3'); // all other IPv6 is special, or nobody's yet
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');
const AZURE = '168.63.129.16'; // looks public, and is the cloud itself, which talks to its machines from there

/**
 * Where an address leads. One that carries an IPv4 address (mapped, NAT64) leads where that one does; what tunnels or
 * translates otherwise (6to4, Teredo, NAT64 of one's own) is `never`, since nobody can tell where it ends.
 */
export function addressKind(address: Address): AddressKind {
  const carried = carriedAddress(address);
  const range = carried.range();
  if (INSIDE.has(range)) return 'inside';
  const isGivenOut = carried instanceof ipaddr.IPv4 || carried.match(GIVEN_OUT);
  return range === 'unicast' && isGivenOut && carried.toString() !== AZURE ? 'public' : 'never';
}

/** The IPv4 address inside of an IPv6 address that is mapped or from NAT64, or the address itself. */
export function carriedAddress(address: Address): Address {
  if (address instanceof ipaddr.IPv4) return address;
  const isCarrier = address.isIPv4MappedAddress() || address.match(NAT64);
  return isCarrier ? new ipaddr.IPv4(address.toByteArray().slice(-4)) : address;
}
