import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { type Address } from './addressKind.ts';

/** A host as it was written: a name in lower case, or an address. */
export type Host = { name: string } | { address: Address };

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i; // not /u: there the Kelvin sign counts as a K
const LONGEST_NAME = 253;

/**
 * Reads a host in its one usual form; undefined for all others, which resolvers read in ways of their own: `127.1`,
 * `0x7f.0.0.1`, `2130706433`, zones, trailing dots, percent signs, letters beyond ASCII. IPv6 may stand in brackets.
 */
export function readHost(text: string): Host | undefined {
  const address = readAddress(/^\[(.*:.*)\]$/.exec(text)?.[1] ?? text);
  if (address) return { address };
  const labels = text.split('.');
  const isName = text.length <= LONGEST_NAME && labels.every((label) => LABEL.test(label));
  return isName && !isNumber(labels.at(-1) ?? '') ? { name: text.toLowerCase() } : undefined;
}

/** Reads an address in its one usual form, without a zone; undefined for anything else. */
export function readAddress(text: string): Address | undefined {
  if (isIPv4(text)) return ipaddr.IPv4.parse(text);
  return isIPv6(text) && !text.includes('%') ? ipaddr.IPv6.parse(text) : undefined;
}

/** No top-level domain is a number, but resolvers take a host that ends in one for an address. */
function isNumber(label: string) {
  return /^(\d+|0x[0-9a-f]*)$/i.test(label);
}
