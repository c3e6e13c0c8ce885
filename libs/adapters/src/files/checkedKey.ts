import { InvalidInput } from '@muster/core/errors';

const PART = /^[A-Za-z0-9._-]+$/;

/** A key as it is. Keys are made by us, but a wrong one would reach outside the store: so they are looked at all the same. */
export function checkedKey(key: string): string {
  const parts = key.split('/');
  if (parts.every((part) => PART.test(part) && part !== '.' && part !== '..')) return key;
  throw badKey(key, 'a key is a/b/c of letters, digits, ".", "_" and "-"');
}

/** A prefix as it is: a key and a slash. Throws InvalidInput. */
export function checkedPrefix(prefix: string): string {
  if (!prefix.endsWith('/')) throw badKey(prefix, 'a prefix ends in "/"');
  checkedKey(prefix.slice(0, -1));
  return prefix;
}

const badKey = (key: string, message: string) =>
  new InvalidInput([{ field: 'key', code: 'invalidKey', message: `${message}: ${key}` }]);
