import { isIP } from 'node:net';
import { type Refusal } from '@muster/core/fields';

const NAMED = ['loopback', 'linklocal', 'uniquelocal']; // Express knows their ranges
const MOST_BITS: Record<number, number> = { 4: 32, 6: 128 };

/** What is wrong with a list of proxies, if anything: of a faulty one it would be told at the start, but not in words. */
export function refuseOddProxies(list: string): Refusal | undefined {
  const entries = list === '' ? [] : list.split(',').map((entry) => entry.trim());
  if (entries.every((entry) => NAMED.includes(entry) || isRange(entry))) return undefined;
  const message = 'must be addresses and ranges such as 10.0.0.0/8, separated by commas';
  return { code: 'isProxies', message };
}

function isRange(entry: string): boolean {
  const [address = '', bits, ...rest] = entry.split('/');
  const most = MOST_BITS[isIP(address)];
  if (most === undefined || rest.length > 0) return false;
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= most);
}
