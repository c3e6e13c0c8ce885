import { type SmsFault, smsFault } from './smsFault.ts';

/**
 * What is wrong with an address that texts bear and short links lead to: it must be one of the web, without name and password,
 * and of signs that can be seen, since it will stand in a header.
 */
export function addressFaults(field: string, address: string): SmsFault[] {
  const message = complaint(address);
  return message === undefined ? [] : [smsFault('invalidField', field, message)];
}

function complaint(address: string): string | undefined {
  if (/[\s\p{C}]/u.test(address)) return 'may hold neither spaces nor control characters: write them encoded, as %20';
  const url = /^https?:\/\//i.test(address) ? parse(address) : undefined;
  if (!url) return 'must be an address of the web: https://example.com/gift';
  if (url.username !== '' || url.password !== '')
    return 'may hold neither name nor password: write the host right behind //';
  return undefined;
}

function parse(address: string): URL | undefined {
  try {
    return new URL(address);
  } catch {
    return undefined;
  }
}
